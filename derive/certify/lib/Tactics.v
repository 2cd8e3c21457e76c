(* Tactics.v: how certificates are proved. Nothing here is trusted: what a tactic says is checked by Rocq. *)
From Coq Require Import Reals Lra Lia ZArith List String Bool.
From Coquelicot Require Import Coquelicot.
From Derive Require Import Core Functions.
Import ListNotations.
Open Scope R_scope.

(* ======================= entries and deltas ======================= *)
Lemma ind_eq a b : a = b -> ind a b = 1. Proof. intros ->; unfold ind; now rewrite Z.eqb_refl. Qed.
Lemma ind_diff a b : a <> b -> ind a b = 0. Proof. unfold ind; destruct (Z.eqb_spec a b); easy. Qed.
Lemma ind_sym a b : ind a b = ind b a. Proof. unfold ind; now rewrite Z.eqb_sym. Qed.
Lemma indle_yes a b : (a <= b)%Z -> indle a b = 1. Proof. unfold indle; destruct (Z.leb_spec a b); auto; lia. Qed.
Lemma indle_no a b : (b < a)%Z -> indle a b = 0. Proof. unfold indle; destruct (Z.leb_spec a b); auto; lia. Qed.
(* places in windows that lie beside each other: u + v A = a + i A only where u = a and v = i *)
Lemma ind_place A u v a i : (0 <= u < A)%Z -> (0 <= a < A)%Z -> ind (u + v * A) (a + i * A) = ind u a * ind v i.
Proof. intros U B. assert (E : (u + v * A = a + i * A)%Z <-> u = a /\ v = i).
  { split; [intros; assert (v = i) by nia; split; nia | now intros [-> ->]]. }
  unfold ind. destruct (Z.eqb_spec (u + v * A) (a + i * A)), (Z.eqb_spec u a), (Z.eqb_spec v i); try ring; exfalso; tauto. Qed.
Lemma dl_names x y a b : String.eqb x y = false -> dl (x, a) (y, b) = 0.
Proof. unfold dl, eqbe; simpl; now intros ->. Qed.
Fixpoint indl (a b : list Z) : R := match a, b with [], [] => 1
| x :: r, y :: s => ind x y * indl r s | _, _ => 0 end.
Lemma dl_entry x a b : dl (x, a) (x, b) = indl a b.
Proof. unfold dl, eqbe; simpl. rewrite String.eqb_refl; simpl.
  revert b; induction a as [|z r]; destruct b as [|y s]; simpl; auto.
  rewrite <- IHr. unfold ind; destruct (Z.eqb z y); simpl; ring. Qed.

(* ======================= definitions looked up ======================= *)
Lemma lookN_in N x idx e : lookN N (x, idx) = Some e -> exists t, In (x, t) N /\ look t idx = Some e.
Proof. induction N as [|[y t] r]; simpl; [easy|]. destruct (String.eqb_spec y x) as [->|].
  - destruct (look t idx) eqn:E; intros H; [inversion H; subst; eauto|]. destruct (IHr H) as [t' [? ?]]; eauto.
  - intros H; destruct (IHr H) as [t' [? ?]]; eauto. Qed.
Lemma look_bind lo hi f idx e : look (Bind lo hi f) idx = Some e ->
  exists z r, idx = z :: r /\ (lo <= z <= hi)%Z /\ look (f z) r = Some e.
Proof. simpl. destruct idx as [|z r]; [easy|]. destruct (Z.leb_spec lo z), (Z.leb_spec z hi); simpl; try easy.
  intros H1; exists z, r; repeat split; auto; lia. Qed.
Lemma look_body b idx e : look (Body b) idx = Some e -> idx = [] /\ e = b.
Proof. destruct idx; simpl; [intros H; inversion H; auto|easy]. Qed.
Lemma look_in lo hi f z r e : (lo <= z <= hi)%Z -> look (f z) r = Some e -> look (Bind lo hi f) (z :: r) = Some e.
Proof. intros H E; simpl. destruct (Z.leb_spec lo z), (Z.leb_spec z hi); simpl; auto; lia. Qed.
Lemma look_out lo hi f z r : (z < lo \/ hi < z)%Z -> look (Bind lo hi f) (z :: r) = None.
Proof. intros H; simpl. destruct (Z.leb_spec lo z), (Z.leb_spec z hi); simpl; auto; lia. Qed.
Lemma has_axis lo hi s k : has (Axis lo hi s) k = true ->
  exists z r, k = z :: r /\ (lo <= z <= hi)%Z /\ has (s z) r = true.
Proof. simpl. destruct k as [|z r]; [easy|]. destruct (Z.leb_spec lo z), (Z.leb_spec z hi); simpl; try easy.
  intros H1; exists z, r; repeat split; auto; lia. Qed.
Lemma has_cell k : has Cell k = true -> k = []. Proof. destruct k; simpl; easy. Qed.
Lemma has_pair a b k : has (Pair a b) k = true ->
  exists r, (k = 0%Z :: r /\ has a r = true) \/ (k = 1%Z :: r /\ has b r = true).
Proof. simpl. destruct k as [|z r]; [easy|]. destruct (Z.eqb_spec z 0), (Z.eqb_spec z 1); simpl; subst; intros H; eauto; easy. Qed.

Ltac head t := lazymatch t with ?f _ => head f | _ => t end.
Ltac look_inv H := repeat match type of H with
  | look (Bind _ _ _) _ = Some _ => let z := fresh "z" in let r := fresh "r" in let E := fresh "E" in let B := fresh "B" in
      apply look_bind in H; destruct H as [z [r [E [B H]]]]; cbv beta in H; subst
  | look (Body _) _ = Some _ => let E := fresh "E" in apply look_body in H; destruct H as [E H]; subst
  | look ((fun _ => _) _) _ = Some _ => cbv beta in H end.
(* H : lookN N p = Some e  becomes one goal for each definition *)
Ltac net_inv N H := let t := fresh "t" in let M := fresh "M" in
  apply lookN_in in H; destruct H as [t [M H]]; let h := head N in unfold h in M; cbn [In] in M;
  repeat destruct M as [M|M]; try contradiction; inversion M; subst; clear M; look_inv H.
Ltac key_inv H := repeat match type of H with
  | has Cell _ = true => apply has_cell in H; subst
  | has (Axis _ _ _) _ = true => let z := fresh "z" in let r := fresh "r" in let E := fresh "E" in let B := fresh "B" in
      apply has_axis in H; destruct H as [z [r [E [B H]]]]; cbv beta in H; subst
  | has (Pair _ _) _ = true => let r := fresh "r" in let E := fresh "E" in
      apply has_pair in H; destruct H as [r [[E H]|[E H]]]; subst end.
Ltac occ_inv H := cbn [occ nth hd tl Z.eqb] in H; repeat match type of H with
  | _ \/ _ => destruct H as [H|H] | False => contradiction
  | exists k : list Z, has _ _ = true /\ _ =>
      let k := fresh "k" in let K := fresh "K" in destruct H as [k [K H]]; key_inv K; cbn in H
  | exists _, _ => let z := fresh "z" in let B := fresh "B" in destruct H as [z [B H]]; cbn [occ] in H end; try contradiction.
Ltac prove_ranked N rk := let p := fresh in let x := fresh "x" in let idx := fresh "idx" in let e := fresh "e" in
  let q := fresh "q" in let H := fresh in let O := fresh in
  intros [x idx] e q H O; net_inv N H; occ_inv O; subst; let h := head rk in unfold h;
  cbn -[Z.mul Z.add Z.sub Z.to_nat Z.max Z.min]; lia.
Ltac prove_disj N := let h := head N in unfold h; cbn [disj]; repeat split; auto; let H := fresh in intros ? ? H; look_inv H;
  cbn [lookN fst snd String.eqb Ascii.eqb Bool.eqb]; repeat rewrite look_out by lia; reflexivity.
(* lookN N p = Some ?e *)
Ltac lookup N := let h := head N in unfold h; cbn [lookN fst snd String.eqb Ascii.eqb Bool.eqb];
  repeat first [ rewrite look_out by lia | erewrite look_in; [|lia|] ]; reflexivity.
(* I p = ?t: the definition of the entry p inserted *)
Ltac value := lazymatch goal with P : sat ?N ?I |- ?I ?p = _ =>
  etransitivity; [eapply (P p); lookup N | cbn [eval nth hd tl Z.eqb]; reflexivity] end.

(* ======================= rewriting along the structure of a term: goals  t = ?r ======================= *)
Lemma c_add a b a' b' r : a = a' -> b = b' -> a' + b' = r -> a + b = r. Proof. now intros -> ->. Qed.
Lemma c_sub a b a' b' r : a = a' -> b = b' -> a' - b' = r -> a - b = r. Proof. now intros -> ->. Qed.
Lemma c_mul a b a' b' r : a = a' -> b = b' -> a' * b' = r -> a * b = r. Proof. now intros -> ->. Qed.
Lemma c_div a b a' b' r : a = a' -> b = b' -> a' / b' = r -> a / b = r. Proof. now intros -> ->. Qed.
Lemma c_opp a a' r : a = a' -> - a' = r -> - a = r. Proof. now intros ->. Qed.
Lemma c_app (f : R -> R) a a' r : a = a' -> f a' = r -> f a = r. Proof. now intros ->. Qed.
Lemma c_pow a a' k r : a = a' -> a' ^ k = r -> a ^ k = r. Proof. now intros ->. Qed.
Lemma c_inv a a' r : a = a' -> / a' = r -> / a = r. Proof. now intros ->. Qed.
Lemma c_sum lo hi f g r : (forall z, (lo <= z <= hi)%Z -> f z = g z) -> sumZ lo hi g = r -> sumZ lo hi f = r.
Proof. intros H <-. now apply sumZ_ext. Qed.
Lemma s_split lo hi f g r s t : sumZ lo hi f = r -> sumZ lo hi g = s -> r + s = t -> sumZ lo hi (fun z => f z + g z) = t.
Proof. intros <- <- <-. apply sumZ_plus. Qed.
Lemma s_pull lo hi f c g r : (forall z, f z = c * g z) -> c * sumZ lo hi g = r -> sumZ lo hi f = r.
Proof. intros H <-. rewrite <- sumZ_scal. apply sumZ_ext; auto. Qed.
Lemma s_one lo hi f r : hi = lo -> f lo = r -> sumZ lo hi f = r.
Proof. intros -> <-. unfold sumZ. replace (Z.to_nat (lo - lo + 1)) with 1%nat by lia. simpl. rewrite Z.add_0_r; ring. Qed.
Lemma s_none lo hi f : (hi < lo)%Z -> sumZ lo hi f = 0.
Proof. intros H. unfold sumZ. now replace (Z.to_nat (hi - lo + 1)) with 0%nat by lia. Qed.
Lemma s_ones n : (0 <= n)%Z -> sumZ 1 n (fun _ => 1) = IZR n.
Proof. intros H. unfold sumZ. replace (Z.to_nat (n - 1 + 1)) with (Z.to_nat n) by lia.
  assert (G : forall m, sumN m 1 (fun _ => 1) = INR m) by (induction m; [auto|rewrite S_INR; simpl; rewrite IHm; auto]).
  rewrite G, INR_IZR_INZ, Z2Nat.id; auto. Qed.
Lemma s_delta lo hi f u r : (lo <= u <= hi)%Z -> (forall z, (lo <= z <= hi)%Z -> z <> u -> f z = 0) -> f u = r -> sumZ lo hi f = r.
Proof. intros A B <-. now apply sumZ_delta. Qed.
Lemma s_swap a b c d F G r : (forall k, (c <= k <= d)%Z -> sumZ a b (fun u => F u k) = G k) -> sumZ c d G = r ->
  sumZ a b (fun u => sumZ c d (F u)) = r.
Proof. intros H <-. etransitivity; [apply (sumZ_swap a b c d F)|]. now apply sumZ_ext. Qed.
Lemma sumN_app m k lo f : sumN (m + k) lo f = sumN m lo f + sumN k (lo + Z.of_nat m) f.
Proof. induction k; [rewrite Nat.add_0_r; simpl; ring|]. rewrite Nat.add_succ_r; cbn [sumN]. rewrite IHk, Nat2Z.inj_add.
  rewrite Z.add_assoc; ring. Qed.
Lemma sumZ_app lo u hi f : (lo - 1 <= u <= hi)%Z -> sumZ lo hi f = sumZ lo u f + sumZ (u + 1) hi f.
Proof. intros H. unfold sumZ. replace (Z.to_nat (hi - lo + 1)) with (Z.to_nat (u - lo + 1) + Z.to_nat (hi - (u + 1) + 1))%nat by lia.
  rewrite sumN_app. do 2 f_equal; lia. Qed.
Lemma s_upto lo hi u f g r : (lo - 1 <= u <= hi)%Z -> (forall z, (u < z <= hi)%Z -> f z = 0) ->
  (forall z, (lo <= z <= u)%Z -> f z = g z) -> sumZ lo u g = r -> sumZ lo hi f = r.
Proof. intros H O E <-. rewrite (sumZ_app lo u hi f H), (sumZ_zero' (u + 1) hi f), Rplus_0_r by (intros; apply O; lia).
  now apply sumZ_ext. Qed.
Lemma s_from lo hi u f g r : (lo <= u <= hi + 1)%Z -> (forall z, (lo <= z < u)%Z -> f z = 0) ->
  (forall z, (u <= z <= hi)%Z -> f z = g z) -> sumZ u hi g = r -> sumZ lo hi f = r.
Proof. intros H O E <-. rewrite (sumZ_app lo (u - 1) hi f), (sumZ_zero' lo (u - 1) f), Rplus_0_l by (lia || (intros; apply O; lia)).
  rewrite Z.sub_add. now apply sumZ_ext. Qed.
Lemma s_distl lo hi A B C r : sumZ lo hi (fun z => A z * B z + A z * C z) = r -> sumZ lo hi (fun z => A z * (B z + C z)) = r.
Proof. intros <-; apply sumZ_ext; intros; ring. Qed.
Lemma s_distr lo hi A B C r : sumZ lo hi (fun z => B z * A z + C z * A z) = r -> sumZ lo hi (fun z => (B z + C z) * A z) = r.
Proof. intros <-; apply sumZ_ext; intros; ring. Qed.
Lemma m0l a : 0 * a = 0. Proof. ring. Qed.
Lemma m0r a : a * 0 = 0. Proof. ring. Qed.
Lemma a0l a : 0 + a = a. Proof. ring. Qed.
Lemma a0r a : a + 0 = a. Proof. ring. Qed.
Lemma m1l a : 1 * a = a. Proof. ring. Qed.
Lemma m1r a : a * 1 = a. Proof. ring. Qed.
Lemma o0 : - 0 = 0. Proof. ring. Qed.
Lemma i_mul a b r : / a * / b = r -> / (a * b) = r. Proof. intros <-. apply Rinv_mult. Qed.
Ltac finish := first [ apply m0l | apply m0r | apply a0l | apply a0r | apply m1l | apply m1r | apply o0 | reflexivity ].
Ltac finish_inv := lazymatch goal with
  | |- / (_ * _) = _ => eapply i_mul; eapply c_mul; [finish_inv | finish_inv | reflexivity]
  | |- / / _ = _ => apply Rinv_inv | |- / 1 = _ => apply Rinv_1 | |- _ => reflexivity end.

(* the factors of the body f of a sum that do not depend on its index, and those that do *)
Ltac outer f := lazymatch f with (fun _ => ?c) => c
  | (fun z => @?a z * @?b z) => let x := outer a in let y := outer b in
      lazymatch x with 1 => y | _ => lazymatch y with 1 => x | _ => constr:(x * y) end end
  | (fun z => - @?a z) => let x := outer a in constr:(- x) | _ => constr:(1) end.
Ltac inner f := lazymatch f with (fun _ => ?c) => constr:(fun _ : Z => 1)
  | (fun z => @?a z * @?b z) => let x := inner a in let y := inner b in
      lazymatch x with (fun _ => 1) => y | _ => lazymatch y with (fun _ => 1) => x | _ => eval cbv beta in (fun z : Z => x z * y z) end end
  | (fun z => - @?a z) => inner a | _ => f end.
(* a term multiplied out into a sum of products, with x * / x left out *)
Ltac drop x t := match constr:(tt) with
  | _ => let e := match constr:(tt) with _ => constr_eq x t end in constr:(1)
  | _ => lazymatch t with ?a * ?b => match constr:(tt) with
      | _ => let c := drop x a in lazymatch c with 1 => b | _ => constr:(c * b) end
      | _ => let c := drop x b in lazymatch c with 1 => a | _ => constr:(a * c) end end end end.
Ltac cancel t := match t with
  | context [/ ?x] => let u := drop (/ x) t in let v := drop x u in cancel v | _ => t end.
Ltac cross x y := lazymatch x with
  | ?a + ?b => let u := cross a y in let v := cross b y in constr:(u + v)
  | _ => lazymatch y with
    | ?a + ?b => let u := cross x a in let v := cross x b in constr:(u + v)
    | _ => cancel (x * y) end end.
Ltac multiplied t := lazymatch t with
  | ?a + ?b => let u := multiplied a in let v := multiplied b in constr:(u + v)
  | ?a - ?b => let u := multiplied a in let v := multiplied (-1 * b) in constr:(u + v)
  | ?a * ?b => let u := multiplied a in let v := multiplied b in cross u v
  | ?a / ?b => let u := multiplied a in let v := multiplied (/ b) in cross u v
  | - ?a => multiplied (-1 * a)
  | ?a ^ 1 => multiplied a
  | (?a + ?b) ^ 2 => multiplied ((a + b) * (a + b))
  | _ => t end.
Ltac nonzero := fail.
Ltac fld := first [ ring | (field; repeat split; nonzero) ].
Ltac multiply_out f := let g := constr:(fun bound : Z => ltac:(let b := eval cbv beta in (f bound) in let r := multiplied b in exact r)) in
  tryif constr_eq f g then fail else eapply (c_sum _ _ f g); [intros; cbv beta; fld |].
Ltac pull f rest := let c := outer f in lazymatch c with 1 => fail | _ => let g := inner f in
  eapply (s_pull _ _ f c g); [intros; cbv beta; ring | eapply c_mul; [reflexivity | rest tt | finish]] end.
Ltac tidy := rewrite ?Z.add_simpl_r, ?Z.sub_add, ?Z.sub_simpl_r, ?Z.add_0_r, ?Z.sub_0_r, ?Z.add_0_l;
  try change (0 + 1)%Z with 1%Z; try change (1 - 1)%Z with 0%Z; try change (1 + 1)%Z with 2%Z.
Ltac tidy_all := tidy; rewrite ?Z.add_simpl_r, ?Z.sub_add, ?Z.sub_simpl_r, ?Z.add_0_r, ?Z.sub_0_r, ?Z.add_0_l in *;
  repeat match goal with H : context [(0 + 1)%Z] |- _ => change (0 + 1)%Z with 1%Z in H
    | H : context [(1 - 1)%Z] |- _ => change (1 - 1)%Z with 0%Z in H end.
Ltac apart_from bound l r := lazymatch l with ((?u, (?v, _))) => lazymatch u with context [bound] => r | _ => l end end.
(* all u for which [z = u] stands in f z, or an equation from which z = u follows *)
Ltac deltas f := let t := constr:(fun bound : Z => ltac:(let b := eval cbv beta in (f bound) in
    let rec go b := match b with
    | context C [ind bound ?u] => let b' := context C [0] in let r := go b' in constr:((u, r))
    | context C [ind ?u bound] => let b' := context C [0] in let r := go b' in constr:((u, r))
    | context C [ind (bound - ?c)%Z ?u] => let b' := context C [0] in let r := go b' in constr:(((u + c)%Z, r))
    | context C [ind ?u (bound - ?c)%Z] => let b' := context C [0] in let r := go b' in constr:(((u + c)%Z, r))
    | context C [ind (bound + ?c)%Z ?u] => let b' := context C [0] in let r := go b' in constr:(((u - c)%Z, r))
    | context C [ind ?u (bound + ?c)%Z] => let b' := context C [0] in let r := go b' in constr:(((u - c)%Z, r))
    | context C [ind (?c + bound)%Z ?u] => let b' := context C [0] in let r := go b' in constr:(((u - c)%Z, r))
    | context C [ind ?u (?c + bound)%Z] => let b' := context C [0] in let r := go b' in constr:(((u - c)%Z, r))
    | context C [ind ?e ?u] => let b' := context C [0] in let r := go b' in lazymatch e with
      | context E [bound] => let d := context E [0%Z] in apart_from bound constr:(((u - d)%Z, ((d - u)%Z, r))) r
      | _ => lazymatch u with
        | context E [bound] => let d := context E [0%Z] in apart_from bound constr:(((e - d)%Z, ((d - e)%Z, r))) r
        | _ => r end end
    | _ => constr:(tt) end in let r := go b in exact r)) in
  match t with (fun _ => ?l) => l end.
(* a u for which [z <= u], or [u <= z], stands in f z *)
Ltac upper_end f := let t := constr:(fun bound : Z => ltac:(let b := eval cbv beta in (f bound) in
  lazymatch b with context [indle bound ?u] => exact u end)) in lazymatch t with (fun _ => ?u) => u end.
Ltac lower_end f := let t := constr:(fun bound : Z => ltac:(let b := eval cbv beta in (f bound) in
  lazymatch b with context [indle ?u bound] => exact u end)) in lazymatch t with (fun _ => ?u) => u end.
Ltac iter l tac := lazymatch l with (?u, ?r) => first [ tac u | iter r tac ] | tt => fail end.
Ltac given := solve [ assumption | match goal with H : forall _, _ |- _ => apply H; solve [ lia | auto ] end ].
(* the value of a sum that a hypothesis tells *)
Ltac told := match goal with
  | H : sumZ _ _ _ = _ |- _ => apply H
  | H : forall _, _ -> sumZ _ _ _ = _ |- _ => apply H; lia
  | H : forall _, _ -> forall _, _ -> sumZ _ _ _ = _ |- _ => apply H; lia end.
(* what an entry has to do with itself, with a leaf, and with what it does not depend on *)
Ltac nearby _ := lazymatch goal with W : ranked ?N ?rk |- D ?N ?rk ?I ?u ?v = _ =>
  etransitivity; [first
    [ apply (D_leaf N rk I W); let h := head N in unfold h; cbn [lookN fst snd String.eqb Ascii.eqb Bool.eqb];
      repeat rewrite look_out by lia; reflexivity
    | apply (D_level N rk I W); let h := head rk in unfold h; cbn -[Z.mul Z.add Z.sub Z.to_nat Z.max Z.min]; lia ]
  | first [ apply dl_names; reflexivity | rewrite dl_entry; cbn [indl]; simp nearby ] ] end
(* t = ?r: contract deltas, split and pull sums; `hook tt` may rewrite an entry or a derivative *)
with simp hook := cbv beta; lazymatch goal with
  | |- ?a + ?b = _ => eapply c_add; [simp hook | simp hook | finish]
  | |- ?a - ?b = _ => eapply c_sub; [simp hook | simp hook | reflexivity]
  | |- ?a * ?b = _ => eapply c_mul; [simp hook | simp hook | finish]
  | |- ?a / ?b = _ => eapply c_div; [simp hook | simp hook | reflexivity]
  | |- - ?a = _ => eapply c_opp; [simp hook | finish]
  | |- ?a ^ ?k = _ => eapply c_pow; [simp hook | first [apply pow_1 | reflexivity]]
  | |- / ?a = _ => eapply c_inv; [simp hook | finish_inv]
  | |- dl (?x, _) (?x, _) = _ => rewrite dl_entry; cbn [indl]; simp hook
  | |- dl (?x, _) (?y, _) = _ => apply dl_names; reflexivity
  | |- ind ?a ?b = _ => first [ apply ind_eq; lia | apply ind_diff; lia | (etransitivity; [apply ind_place; lia | simp hook]) | reflexivity ]
  | |- indle ?a ?b = _ => first [ apply indle_yes; lia | apply indle_no; lia | reflexivity ]
  | |- sumZ ?lo ?hi _ = _ => first [ apply s_none; lia
      | eapply c_sum; [let z := fresh "z" in let B := fresh "B" in intros z B; simp hook | sumrule hook] ]
  | |- ?f ?a = _ => first [ hook tt | nearby tt | (lazymatch type of a with R => idtac end; eapply c_app; [simp hook | reflexivity]) | reflexivity ]
  | |- _ => first [ hook tt | reflexivity ] end
with sumrule hook := lazymatch goal with
  | |- sumZ _ _ (fun _ => 0) = _ => apply sumZ_zero
  | |- sumZ _ _ (fun z => peak ?s _ ?x) = _ => first [ apply (peaks s x); given | reflexivity ]
  | |- sumZ _ _ (fun z => trough ?s _ ?x) = _ => first [ apply (troughs s x); given | reflexivity ]
  | |- sumZ _ _ (fun y => sumZ _ _ (fun z => peak ?s _ ?x)) = _ => first [ apply (peaks s x); given | reflexivity ]
  | |- sumZ 1 _ (fun _ => 1) = _ => first [ apply s_ones; lia | reflexivity ]
  | |- sumZ ?lo ?hi ?f = _ => first
     [ solve [told]
     | eapply s_one; [lia | cbv beta; tidy; simp nearby]
     | let l := deltas f in lazymatch l with tt => fail | _ => first
       [ iter l ltac:(fun u => eapply (s_delta lo hi f u); [lia | intros; cbv beta; vanish | cbv beta; tidy; simp nearby])
       | iter l ltac:(fun u => apply sumZ_zero'; intros; cbv beta; vanish) ] end
     | let u := upper_end f in eapply (s_upto lo hi u f); [lia | intros; cbv beta; vanish | intros; simp nearby | sumrule hook]
     | let u := lower_end f in eapply (s_from lo hi u f); [lia | intros; cbv beta; vanish | intros; simp nearby | sumrule hook]
     | lazymatch f with
       | (fun z => _ + _) => eapply s_split; [sumrule hook | sumrule hook | finish]
       | (fun z => _ * (_ + _)) => eapply s_distl; eapply s_split; [sumrule hook | sumrule hook | finish]
       | (fun z => (_ + _) * _) => eapply s_distr; eapply s_split; [sumrule hook | sumrule hook | finish] end
     | pull f ltac:(fun _ => sumrule hook)
     | multiply_out f; sumrule hook
     | lazymatch f with context [ind] => swept hook end
     | reflexivity ] end
(* a sum over an index that a delta further inside fixes, whatever the sums between *)
with swept hook := cbv beta; lazymatch goal with |- sumZ ?lo ?hi ?f = _ => first
  [ let l := deltas f in lazymatch l with tt => fail | _ => iter l ltac:(fun u =>
      eapply (s_delta lo hi f u); [first [ lia | nia ] | intros; cbv beta; vanish | cbv beta; tidy; simp nearby]) end
  | pull f ltac:(fun _ => swept hook)
  | lazymatch f with (fun _ => sumZ _ _ _) => eapply s_swap; [intros; swept hook | sumrule hook] end ] end
with vanish := repeat match goal with |- context [ind ?a ?b] => rewrite (ind_diff a b) by lia | |- context [indle ?a ?b] => rewrite (indle_no a b) by lia end;
  first [ ring | (etransitivity; [simp nearby | first [reflexivity | ring]]) ].
Ltac both hook := etransitivity; [simp hook | symmetry; etransitivity; [simp hook | symmetry]].

(* ======================= the steps of a proof ======================= *)
(* which entries a step is about: a name, with indices at known places or anywhere *)
Definition place := (string * list (option Z))%type.
Inductive target := Above (u v : place) | Below (u v : place) | Value (p : place).
Fixpoint fits (p : list (option Z)) (idx : list Z) : Prop := match p, idx with
| [], [] => True | Some a :: p, z :: r => a = z /\ fits p r | None :: p, _ :: r => fits p r | _, _ => False end.
Ltac is_at p q := lazymatch p with (?x, ?pat) => lazymatch q with (?y, ?idx) => constr_eq x y;
  let H := fresh in assert (H : fits pat idx) by (cbn [fits]; repeat split; lia); clear H end end.
Ltac open_network N := let h := head N in unfold h; cbn [sumNet sumT lookN look fst snd String.eqb Ascii.eqb Bool.eqb].
(* du/dv as a sum over the definitions that mention v *)
Ltac above := lazymatch goal with W : ranked ?N ?rk, J : disj ?N |- D ?N ?rk ?I ?u ?v = _ =>
  etransitivity; [apply (D_backward N rk I W J) |
    let h := head N in unfold h at 1; cbn [sumNet sumT tangent eval sumS nth hd tl Z.eqb]; simp nearby] end.
(* du/dv by the definition of u *)
Ltac below := lazymatch goal with W : ranked ?N ?rk |- D ?N ?rk ?I ?u ?v = _ =>
  etransitivity; [eapply (D_defined N rk I W); lookup N | cbn [tangent eval sumS nth hd tl Z.eqb]; simp nearby] end.
Ltac hit t := lazymatch goal with
  | |- D _ _ _ ?u ?v = _ => lazymatch t with
    | Above ?p ?q => is_at p u; is_at q v; above | Below ?p ?q => is_at p u; is_at q v; below end
  | |- ?I (?x, ?idx) = _ => lazymatch t with Value ?p => is_at p (x, idx);
      eapply eq_trans; [value | simp nearby] end end.
Ltac hit_one l := lazymatch l with ?t :: ?r => first [ hit t | hit_one r ] end.
(* what is known to be positive, or not 0, is expanded as the goal is, so that it is still known of what the goal becomes *)
Lemma known_pos a b : 0 < a -> a = b -> 0 < b. Proof. now intros ? <-. Qed.
Lemma known_nonzero a b : a <> 0 -> a = b -> b <> 0. Proof. now intros ? <-. Qed.
Ltac instances := repeat match goal with
  | H : forall i, (_ <= i <= _)%Z -> _, B : (_ <= ?x <= _)%Z |- _ =>
      let T := type of (H x B) in let T := eval cbv beta in T in
      lazymatch T with 0 < _ => idtac | _ <> 0 => idtac | (forall i, (_ <= i <= _)%Z -> _) => idtac end;
      lazymatch goal with _ : T |- _ => fail | _ => pose proof (H x B : T) end end.
Ltac rewritten H goal lemma hook := let K := fresh "Known" in
  eassert (K : goal); [eapply (lemma _ _ H); simp hook | clear H; revert K; known hook; let L := fresh "Known" in intros L]
with known hook := lazymatch goal with
  | H : 0 < ?e |- _ => let b := open_constr:(_ : R) in rewritten H (0 < b) known_pos hook
  | H : ?e <> 0 |- _ => lazymatch type of e with R => let b := open_constr:(_ : R) in rewritten H (b <> 0) known_nonzero hook end
  | _ => idtac end.
Ltac expand l := both ltac:(fun _ => hit_one l); known ltac:(fun _ => hit_one l).
(* du/dv = 0 for names u, v of which no path of definitions leads from the second to the first *)
Ltac unreached _ := lazymatch goal with W : ranked ?N ?rk |- D ?N ?rk ?I ?u ?v = _ => first [ nearby tt |
  etransitivity; [eapply (D_defined N rk I W); lookup N | cbn [tangent eval sumS nth hd tl Z.eqb]; simp unreached] ] end.
(* the same where names are reached, but not these entries of them *)
Ltac unreached_here _ := lazymatch goal with W : ranked ?N ?rk |- D ?N ?rk ?I ?u ?v = _ => first [ nearby tt |
  let Z := fresh "Zero" in assert (Z : D N rk I u v = 0) by (etransitivity; [eapply (D_defined N rk I W); lookup N
    | cbn [tangent eval sumS nth hd tl Z.eqb]; etransitivity; [simp unreached_here | first [ reflexivity | ring ]]]); exact Z ] end.
Ltac named l x y := lazymatch l with (?a, ?b) :: ?r => first [ constr_eq a x; constr_eq b y | named r x y ] end.
Ltac apart l := both ltac:(fun _ => lazymatch goal with |- D _ _ _ (?x, _) (?y, _) = _ => named l x y; unreached tt end).

(* ======================= side conditions ======================= *)
Lemma pos_by a b : a = b -> 0 < b -> 0 < a. Proof. now intros ->. Qed.
Lemma nonneg_sum lo hi f : (forall z, (lo <= z <= hi)%Z -> 0 <= f z) -> 0 <= sumZ lo hi f.
Proof. intros H. unfold sumZ. assert (G : forall m, (m <= Z.to_nat (hi - lo + 1))%nat -> 0 <= sumN m lo f).
  { induction m; simpl; intros; [lra|]. assert (0 <= f (lo + Z.of_nat m)%Z) by (apply H; lia).
    assert (0 <= sumN m lo f) by (apply IHm; lia). lra. }
  apply G; lia. Qed.
Lemma square_pos a n : a <> 0 -> 0 < a ^ (2 * n).
Proof. intros H. rewrite pow_mult. apply pow_lt. simpl. rewrite Rmult_1_r. now apply Rsqr_pos_lt. Qed.
Lemma below_one a : 0 < 1 - a -> 0 < 1 + -1 * a. Proof. lra. Qed.
Lemma minus_one a : 0 < 1 + -1 * a -> a + -1 <> 0. Proof. lra. Qed.
Ltac nonneg := solve [ repeat first [ apply Rle_refl | lra | (apply IZR_le; lia) | apply Rabs_pos | apply pow2_ge_0 | apply sqrt_pos
  | (apply nonneg_sum; intros) | apply Rmult_le_pos | apply Rplus_le_le_0_compat | (apply Rlt_le; pos) ] ]
with pos := solve [ repeat first [ given | lra | (apply IZR_lt; lia) | apply PI_RGT_0 | apply exp_pos | apply sigmoid_pos
  | apply softplus_pos | apply cosh_pos | apply sigmoid_below | (apply below_one; apply sigmoid_below) | (apply sqrt_lt_R0)
  | (match goal with |- 0 < ?a * (?a * 1) => apply (square_pos a 1); given | |- 0 < ?a * ?a => apply Rsqr_pos_lt; given end)
  | (match goal with |- 0 < _ ^ 2 => apply (square_pos _ 1); given end) | (match goal with |- 0 < _ ^ 4 => apply (square_pos _ 2); given end)
  | (match goal with |- 0 < _ ^ _ => apply pow_lt end) | (apply sumZ_pos; [lia|intros]) | apply Rinv_0_lt_compat
  | (match goal with |- 0 < _ * _ => apply Rmult_lt_0_compat end) | (match goal with |- 0 < _ / _ => apply Rdiv_lt_0_compat end)
  | (match goal with |- 0 < _ + _ => first [ apply Rplus_lt_0_compat; pos | apply Rplus_lt_le_0_compat; [pos|nonneg] | apply Rplus_le_lt_0_compat; [nonneg|pos] ] end)
  | (lazymatch goal with |- 0 < ?I (_, _) => eapply pos_by; [value|] end)
  | (lazymatch goal with |- 0 < 1 + -1 * ?I (_, _) => eapply pos_by; [apply f_equal; apply f_equal; value|] end) ] ].
(* a factor of what is not 0 *)
Ltac factor := match goal with
  | H : 0 < ?e |- ?a <> 0 => match e with context [a] => let E := fresh in intros E; rewrite E in H;
      rewrite ?Rmult_0_l, ?Rmult_0_r in H; exact (Rlt_irrefl 0 H) end
  | H : ?e <> 0 |- ?a <> 0 => match e with context [a] => let E := fresh in intros E; apply H; rewrite E; ring end end.
Ltac nonzero ::= first [ given | apply Rgt_not_eq, Rlt_gt; pos | (apply Rlt_not_eq; match goal with |- ?a < 0 => apply Ropp_lt_cancel; rewrite Ropp_0; pos end)
  | (apply minus_one; pos) | (match goal with |- IZR _ <> 0 => apply not_0_IZR; lia end) | (repeat (apply Rmult_integral_contrapositive_currified || apply Rinv_neq_0_compat || apply pow_nonzero); first [ given | apply Rgt_not_eq, Rlt_gt; pos | lra ])
  | lra | factor ].
Ltac has_slope := first [ given | apply is_derive_exp | apply d_sigmoid | apply d_tanh | apply d_softplus | apply d_silu | apply d_gelu | apply d_erf
  | apply d_id | apply d_sin | apply d_cos | apply d_sinh | apply d_cosh | apply d_atan | (apply d_tan; given)
  | (apply is_derive_ln; pos) | (apply d_sqrt; pos)
  | (apply d_relu; first [ given | nonzero ]) | (apply d_step; first [ given | nonzero ])
  | (apply d_sgn; first [ given | nonzero ]) | (apply d_abs; first [ given | nonzero ])
  | (auto_derive; solve [auto; try ring; try lra | simpl; ring]) ].
Ltac has_slopes := first [ (apply differentiable_everywhere; given) | (apply d_largest; given) | (apply d_smallest; given) ].
Ltac prove_smooth N := let x := fresh "x" in let idx := fresh "idx" in let e := fresh "e" in let H := fresh in
  intros [x idx] e H; net_inv N H; cbn [ok eval nth hd tl Z.eqb];
  repeat match goal with |- _ /\ _ => split | |- (_ <= _ <= _)%Z -> _ => intro | |- forall _ : Z, _ => intro
    | |- forall k, has _ k = true -> _ => let k := fresh "k" in let K := fresh "K" in intros k K; key_inv K; cbn [ok eval nth hd tl Z.eqb] end;
  try exact Logic.I; first [ solve [given] | solve [has_slope] | solve [has_slopes] | solve [nonzero] ].

(* the partial derivatives exist, and are what the chain rule says: D N rk I *)
Ltac start rk := lazymatch goal with P : sat ?N ?I |- ex _ =>
  let W := fresh "Ranked" in let J := fresh "Disjoint" in let S := fresh "Smooth" in
  first [ assert (W : ranked N rk) by prove_ranked N rk | fail 1 "a definition may need an entry that is not before it" ];
  first [ assert (J : disj N) by prove_disj N | fail 1 "two definitions of one name may overlap" ];
  first [ assert (S : smooth N I) by prove_smooth N | fail 1 "a function may not be differentiable where it is used" ];
  exists (D N rk I); split; [intros; apply (D_is_pd N rk I); assumption |] end.
(* what is left to show of an entry that is said to be a partial derivative, in another forward pass J *)
Ltac slope rk := lazymatch goal with P : sat ?N ?J |- pd ?N ?J ?u ?v ?x => let S := fresh "Smooth" in
  first [ assert (S : smooth N J) by prove_smooth N | fail 1 "a function may not be differentiable where it is used" ];
  replace x with (D N rk J u v); [apply (D_is_pd N rk J); assumption |] end.
(* in this case the index or size a has one value, which the hypotheses tell: it is put for a everywhere *)
Ltac settle a := match goal with
  | H : (_ <= a <= ?b)%Z |- _ => let E := fresh in assert (E : a = b) by lia; first [ subst a | rewrite E in * ]
  | H : (?b <= a <= _)%Z |- _ => let E := fresh in assert (E : a = b) by lia; first [ subst a | rewrite E in * ]
  | H : ?e = 0%Z |- _ => let b := eval cbv beta in ltac:(exact (a - e)%Z) in let E := fresh in assert (E : a = b) by lia; ring_simplify b in E; first [ subst a | rewrite E in * ]
  | _ => idtac end.

(* ======================= closing: the same value written differently ======================= *)
Lemma ind_alike a b c d : (a - b = c - d \/ a - b = d - c)%Z -> ind a b = ind c d.
Proof. intros H. unfold ind. destruct (Z.eqb_spec a b), (Z.eqb_spec c d); auto; lia. Qed.
(* a sum over a given range, term by term *)
Lemma s_first lo next hi f : (lo <= hi)%Z -> next = (lo + 1)%Z -> sumZ lo hi f = f lo + sumZ next hi f.
Proof. intros H ->. rewrite (sumZ_app lo lo hi) by lia. now rewrite (s_one lo lo f (f lo)). Qed.
Ltac is_number z := lazymatch eval compute in (z - 0)%Z with Z0 => idtac | Zpos ?p => is_positive p | Zneg ?p => is_positive p end
with is_positive p := lazymatch p with xH => idtac | xO ?q => is_positive q | xI ?q => is_positive q end.
Ltac written_out := repeat match goal with |- context [sumZ ?lo ?hi ?f] => is_number lo; is_number hi;
  tryif assert (hi < lo)%Z by lia then rewrite (s_none lo hi f) by lia else
    (let next := eval compute in (lo + 1)%Z in rewrite (s_first lo next hi f) by (lia || reflexivity); cbv beta) end.
(* one delta for all that say the same: [p + q = r + 1] and [r = p + q - 1] *)
Ltac orient := repeat match goal with |- context [ind ?a ?b] => match goal with |- context [ind ?c ?d] =>
  tryif (constr_eq a c; constr_eq b d) then fail else (replace (ind a b) with (ind c d) by (apply ind_alike; lia)) end end.
(* one entry for all whose indices are the same *)
Ltac same_entry := first [ reflexivity | lia | (progress f_equal; same_entry) ].
Ltac unify_entries := repeat match goal with |- context [?I (?x, ?k)] => lazymatch type of I with interp =>
  match goal with |- context [I (x, ?l)] => tryif constr_eq k l then fail else
    (replace (I (x, k)) with (I (x, l)) by same_entry) end end end.
Lemma sum_eq lo hi lo' hi' f g : lo = lo' -> hi = hi' -> (forall z, (lo <= z <= hi)%Z -> f z = g z) -> sumZ lo hi f = sumZ lo' hi' g.
Proof. intros <- <-. apply sumZ_ext. Qed.
Lemma sumZ_rotate a b c d e g f : sumZ a b (fun i => sumZ c d (fun j => sumZ e g (fun k => f i j k)))
  = sumZ e g (fun k => sumZ a b (fun i => sumZ c d (fun j => f i j k))).
Proof. rewrite <- (sumZ_swap a b e g (fun i k => sumZ c d (fun j => f i j k))). apply sumZ_ext; intros. apply sumZ_swap. Qed.
Ltac same_end := first [ reflexivity | lia | (progress f_equal; lia) ].
Ltac same_sum := first [ (apply sum_eq; [same_end|same_end|intros; cbv beta; tidy; inside]) | (rewrite sumZ_swap; apply sum_eq; [same_end|same_end|intros; cbv beta; tidy; inside])
  | (rewrite sumZ_rotate; apply sum_eq; [same_end|same_end|intros; cbv beta; tidy; inside]) ]
with unify_sums := repeat match goal with |- context [sumZ ?lo ?hi ?f] => match goal with |- context [sumZ ?lo' ?hi' ?g] =>
  tryif (constr_eq f g; constr_eq lo lo'; constr_eq hi hi') then fail else replace (sumZ lo hi f) with (sumZ lo' hi' g) by (symmetry; first [ solve [same_sum] | solve [flat; same_sum] ]) end end
with inside := first [ solve [fld] | solve [progress orient; fld] | solve [flat; same_sum] | solve [unify_sums; fld] | solve [progress unify_entries; fld] ]
(* sums inside products are brought to the front *)
with flat := etransitivity; [flatten | symmetry; etransitivity; [flatten | symmetry]]
with flatten := cbv beta; lazymatch goal with
  | |- sumZ _ _ _ = _ => eapply c_sum; [intros; flatten | reflexivity]
  | |- ?t = _ => first [ (match t with context C [sumZ ?lo ?hi ?f] => let c := context C [1] in
      transitivity (sumZ lo hi (fun z => c * f z)); [rewrite sumZ_scal; ring | flatten] end) | reflexivity ] end.
(* f a and f b with a = b are the same *)
Ltac unify_arguments := repeat match goal with
  | |- context [?f ?a] => lazymatch type of a with R => lazymatch type of f with R -> R => lazymatch f with Ropp => fail | Rinv => fail | _ =>
      match goal with |- context [f ?b] => tryif constr_eq a b then fail else replace (f a) with (f b) by (f_equal; fld) end end end end end.
(* what is inverted need not be known to differ from 0 where it does not cancel *)
Ltac opaque_inverses := repeat match goal with |- context [/ ?t] =>
  lazymatch t with IZR _ => fail | _ => generalize (/ t); intro end end.
(* ======================= sums of sums: each side in blocks, the blocks over one range in one sum ======================= *)
(* blocks are  sumZ lo hi f + (sumZ lo' hi' g + ... + rest)  with a rest that is no sum, and blocks again inside *)
Lemma j_zero b : 0 + b = b. Proof. ring. Qed.
Lemma j_more s a b b' r : a + b = b' -> s + b' = r -> s + a + b = r. Proof. intros <- <-; ring. Qed.
Lemma j_rest a s b r : a + b = r -> a + (s + b) = s + r. Proof. intros <-; ring. Qed.
Lemma i_same lo hi f lo' hi' g b h : lo = lo' -> hi = hi' -> (forall z, (lo <= z <= hi)%Z -> f z + g z = h z) ->
  sumZ lo hi f + (sumZ lo' hi' g + b) = sumZ lo hi h + b.
Proof. intros <- <- H. rewrite <- (sumZ_ext lo hi _ h H), sumZ_plus; ring. Qed.
Lemma i_other s t b r : s + b = r -> s + (t + b) = t + r. Proof. intros <-; ring. Qed.
Lemma i_swap a b c d f t r : sumZ c d (fun j => sumZ a b (fun i => f i j)) + t = r -> sumZ a b (fun i => sumZ c d (f i) + 0) + t = r.
Proof. intros <-. f_equal. rewrite <- (sumZ_swap a b c d f). apply sumZ_ext; intros; apply Rplus_0_r. Qed.
Lemma x_left lo hi f a b h r t : (forall z, (lo <= z <= hi)%Z -> f z * b = h z) -> a * b = r -> sumZ lo hi h + r = t ->
  (sumZ lo hi f + a) * b = t.
Proof. intros H <- <-. rewrite <- (sumZ_ext lo hi _ h H), sumZ_scalr; ring. Qed.
Lemma x_right lo hi f a b h r t : (forall z, (lo <= z <= hi)%Z -> a * f z = h z) -> a * b = r -> sumZ lo hi h + r = t ->
  a * (sumZ lo hi f + b) = t.
Proof. intros H <- <-. rewrite <- (sumZ_ext lo hi _ h H), sumZ_scal; ring. Qed.
Lemma g_sum lo hi f h : (forall z, (lo <= z <= hi)%Z -> f z = h z) -> sumZ lo hi f = sumZ lo hi h + 0.
Proof. intros H. rewrite (sumZ_ext lo hi f h H); ring. Qed.
Lemma g_sub a b r : a + -1 * b = r -> a - b = r. Proof. intros <-; ring. Qed.
Lemma g_opp a r : -1 * a = r -> - a = r. Proof. intros <-; ring. Qed.
Lemma g_square a r : a * a = r -> a ^ 2 = r. Proof. intros <-; ring. Qed.
Lemma g_exp a b r : exp a * exp b = r -> exp (a + b) = r. Proof. intros <-; apply exp_plus. Qed.
Lemma g_exp_opp a : exp (- a) = / exp a. Proof. apply exp_Ropp. Qed.
Lemma g_exp_opp' a : exp (-1 * a) = / exp a. Proof. rewrite <- exp_Ropp; f_equal; ring. Qed.
Lemma g_exp_opp'' a b : exp (-1 * a * b) = / exp (a * b). Proof. rewrite <- exp_Ropp; f_equal; ring. Qed.
Lemma g_ln a b r : 0 < a -> 0 < b -> ln a + ln b = r -> ln (a * b) = r. Proof. intros A B <-. now apply ln_mult. Qed.
Lemma g_ln_inv a r : 0 < a -> -1 * ln a = r -> ln (/ a) = r. Proof. intros A <-. rewrite ln_Rinv by auto; ring. Qed.
Lemma g_ln_square a r : 0 < a -> ln a + ln a = r -> ln (a ^ 2) = r.
Proof. intros A <-. replace (a ^ 2) with (a * a) by ring. now apply ln_mult. Qed.
Lemma z_sides a b : a + -1 * b = 0 -> a = b. Proof. intros; lra. Qed.
Lemma z_block lo hi f b : (forall z, (lo <= z <= hi)%Z -> f z = 0) -> b = 0 -> sumZ lo hi f + b = 0.
Proof. intros H ->. rewrite sumZ_zero' by auto; ring. Qed.
(* blocks + blocks = ?r *)
Ltac joined := cbv beta; lazymatch goal with
  | |- 0 + _ = _ => apply j_zero
  | |- sumZ _ _ _ + _ + _ = _ => eapply j_more; [joined | inserted]
  | |- _ + (sumZ _ _ _ + _) = _ => eapply j_rest; joined
  | |- _ => reflexivity end
with inserted := first [ insert_same | (eapply i_swap; insert_same) | reflexivity ]
with insert_same := cbv beta; lazymatch goal with
  | |- sumZ _ _ _ + (sumZ _ _ _ + _) = _ => first [ eapply i_same; [same_end | same_end | intros; joined] | eapply i_other; insert_same ] end.
(* blocks * blocks = ?r *)
Ltac scaled := cbv beta; lazymatch goal with
  | |- 0 * _ = _ => apply m0l
  | |- _ * 0 = _ => apply m0r
  | |- (sumZ _ _ _ + _) * _ = _ => eapply x_left; [intros; scaled | scaled | inserted]
  | |- _ * (sumZ _ _ _ + _) = _ => eapply x_right; [intros; scaled | scaled | inserted]
  | |- _ => reflexivity end.
(* a term = ?r *)
Ltac gather := cbv beta; lazymatch goal with
  | |- _ + _ = _ => eapply c_add; [gather | gather | joined]
  | |- _ * _ = _ => eapply c_mul; [gather | gather | scaled]
  | |- _ - _ = _ => eapply g_sub; gather
  | |- - _ = _ => eapply g_opp; gather
  | |- _ / _ = _ => unfold Rdiv at 1; gather
  | |- sumZ _ _ _ = _ => eapply g_sum; intros; gather
  | |- ?a ^ 2 = _ => lazymatch a with context [sumZ] => eapply g_square; gather | _ => reflexivity end
  | |- / _ = _ => eapply c_inv; [etransitivity; [gather | simp nearby] | finish_inv]
  | |- exp (_ + _) = _ => eapply g_exp; gather
  | |- exp (- _) = _ => apply g_exp_opp
  | |- exp (-1 * _) = _ => apply g_exp_opp'
  | |- exp (-1 * _ * _) = _ => apply g_exp_opp''
  | |- exp (ln _) = _ => first [ apply exp_ln; pos | reflexivity ]
  | |- ln (exp _) = _ => apply ln_exp
  | |- ln (_ * _) = _ => first [ eapply g_ln; [pos | pos | gather] | reflexivity ]
  | |- ln (_ ^ 2) = _ => first [ eapply g_ln_square; [pos | gather] | reflexivity ]
  | |- ln (/ _) = _ => first [ eapply g_ln_inv; [pos | gather] | reflexivity ]
  | |- _ => reflexivity end.
(* an assumed equation between values, where it leads to numbers or to values that are there already; also 0 and 1 alike *)
Ltac by_fact I e := let E := fresh "Fact" in let r := open_constr:(_ : R) in
  assert (E : I e = r) by (multimatch goal with
    | H : I _ = _ |- _ => apply H
    | H : forall _, _ -> _ |- _ => apply H; lia
    | H : forall _, _ -> forall _, _ -> _ |- _ => apply H; lia end);
  lazymatch type of E with _ = ?b => lazymatch b with
    | context [I _] => match goal with |- context [b] => tryif constr_eq (I e) b then fail else idtac end
    | _ => idtac end end; rewrite E; clear E.
Ltac by_facts := progress repeat match goal with |- context [?I (?x, ?l)] => lazymatch type of I with interp => by_fact I (x, l) end end.
(* roots are known by their squares *)
Ltac with_roots := match goal with
  | |- context [sqrt ?a] => lazymatch goal with _ : sqrt a * sqrt a = a |- _ => fail | _ => idtac end;
      let E := fresh "Root" in assert (E : sqrt a * sqrt a = a) by (apply sqrt_sqrt; first [ (apply Rlt_le; pos) | nonneg ]);
      first [ with_roots | (ring [E]) | (field [E]; repeat split; nonzero) ]
  | |- context [exp (?a * (1 / 2))] => lazymatch goal with _ : exp (a * (1 / 2)) * exp (a * (1 / 2)) = exp a |- _ => fail | _ => idtac end;
      let E := fresh "Root" in assert (E : exp (a * (1 / 2)) * exp (a * (1 / 2)) = exp a) by (rewrite <- exp_plus; f_equal; field);
      first [ with_roots | (ring [E]) | (field [E]; repeat split; nonzero) ] end.
Ltac vanished := cbv beta; lazymatch goal with
  | |- sumZ _ _ _ + _ = 0 => apply z_block; [intros; vanished | vanished]
  | |- _ => first [ fld | solve [progress orient; fld] | solve [with_roots] | solve [unify_sums; unify_arguments; fld] | solve [by_facts; fld] ] end.
(* sums that are divided by stay whole *)
Ltac whole_sums := repeat match goal with |- context [/ sumZ ?lo ?hi ?f] =>
  let N := fresh "Nonzero" in assert (N : sumZ lo hi f <> 0) by nonzero; let s := fresh "s" in set (s := sumZ lo hi f) in *; clearbody s end.
Ltac in_blocks := apply z_sides; etransitivity; [gather | vanished].
Ltac blocks := first [ solve [progress whole_sums; tidy; in_blocks] | in_blocks ].
Ltac use_facts := repeat match goal with H : sumZ ?lo ?hi ?g = _ |- context [sumZ ?lo ?hi ?f] =>
  first [ constr_eq f g | rewrite (sumZ_ext lo hi f g) by (intros; fld) ]; rewrite H end.
Ltac decide_deltas := match goal with |- context [ind ?a ?b] => let E := fresh "E" in destruct (Z.eq_dec a b) as [E|E];
  [rewrite ?(ind_eq a b E); try subst a; try subst b; try rewrite E | rewrite ?(ind_diff a b E)] end.
Ltac decide_steps := first
  [ match goal with |- context [step ?a] => first [ rewrite (step_pos a) by lra | rewrite (step_neg a) by lra ] end
  | match goal with |- context [step ?a] => let Z := fresh in assert (Z : a <> 0) by given; destruct (Rdichotomy _ _ Z) end
  | match goal with |- context [step ?a] => destruct (Rlt_dec 0 a) end
  | match goal with |- context [Rabs ?a] => first [ rewrite (Rabs_pos_eq a) by lra | rewrite (Rabs_left a) by lra ] end ].
(* what is made of exponentials, by the exponential of one argument *)
Lemma exp_twice a : exp (2 * a) = exp a * exp a. Proof. rewrite <- exp_plus; f_equal; ring. Qed.
Ltac exponentials := unfold tanh, sinh, cosh, sigmoid, softplus, silu;
  repeat first [ rewrite exp_Ropp | rewrite g_exp_opp' | rewrite exp_twice ].
(* a value that is one of two *)
Ltac one_of := match goal with H : forall i, (_ <= i <= _)%Z -> _ \/ _, B : (_ <= ?x <= _)%Z |- _ =>
  let E := fresh in destruct (H x B) as [E|E]; rewrite ?E; fld end.
Ltac each_one_of := apply sum_eq; [lia | lia | intros; cbv beta; one_of].
Ltac slopes := unfold zero', one', relu', abs', sqrt', cos', tan', atan', tanh', sigmoid', silu', erf', gelu', sgn in *.
(* a root is a number of its own; what it is the root of is divided by as often as by its square *)
Ltac roots := repeat match goal with P : 0 < ?t |- context [sqrt ?t] =>
  let r := fresh "r" in assert (0 < sqrt t) by (apply sqrt_lt_R0; exact P);
  assert (sqrt t * sqrt t = t) by (apply sqrt_sqrt, Rlt_le, P);
  try replace (/ t) with (/ sqrt t * / sqrt t) by (rewrite <- Rinv_mult; f_equal; assumption);
  set (r := sqrt t) in *; clearbody r end.
(* what a root is the root of is known by its square: a b = r^2 - c *)
Lemma solved_root r a b c : r * r = a * b + c -> a * b = r * r - c. Proof. lra. Qed.
Ltac by_roots := progress roots; repeat match goal with E : ?r * ?r = _, _ : 0 < ?r |- _ => revert E end; unify_sums;
  repeat match goal with |- context [/ IZR ?n] => generalize (/ IZR n); intro end; intros;
  match goal with
  | E : ?r * ?r = _ * _, _ : 0 < ?r |- _ => symmetry in E; first [ (ring [E]) | (field [E]; repeat split; nonzero) ]
  | E : ?r * ?r = _ * _ + _, _ : 0 < ?r |- _ => apply solved_root in E; first [ (ring [E]) | (field [E]; repeat split; nonzero) ] end.
Ltac closing := intros; tidy; slopes; rewrite ?sigmoid_opp, ?softplus_opp; try orient; first [ solve [roots; fld] | solve [fld] | solve [blocks] | solve [use_facts; unify_sums; fld] | solve [inside]
  | solve [progress unify_entries; fld] | solve [progress written_out; fld]
  | solve [unify_arguments; fld] | solve [opaque_inverses; fld] | solve [progress unfold sigmoid, softplus, silu; unify_arguments; fld] | solve [progress exponentials; fld] | solve [by_facts; fld] | solve [by_roots] | solve [one_of] | solve [each_one_of] | solve [decide_deltas; closing] | solve [decide_steps; first [ closing | exfalso; lra ]] ].
(* what is left where this fails is the goal of an open certificate *)
Ltac close := first [ closing | (both nearby; closing) | (both unreached_here; closing) | lazymatch goal with |- ?g => fail 1 "left open:" g end ].

(* ======================= what the search did to sums: shifted, cut in two, exchanged ======================= *)
Inductive move := Shift (lo hi k : Z) | Cut (lo hi u : Z) | Exchange.
Lemma m_shift k lo hi f r : sumZ (lo + k) (hi + k) (fun z => f (z - k)%Z) = r -> sumZ lo hi f = r.
Proof. intros <-. unfold sumZ. replace (hi + k - (lo + k) + 1)%Z with (hi - lo + 1)%Z by lia.
  induction (Z.to_nat (hi - lo + 1)); simpl; auto. rewrite IHn. do 2 f_equal. lia. Qed.
Lemma m_cut u lo hi f s t r : (lo <= u <= hi + 1)%Z -> sumZ lo (u - 1) f = s -> sumZ u hi f = t -> s + t = r -> sumZ lo hi f = r.
Proof. intros H <- <- <-. rewrite (sumZ_app lo (u - 1) hi) by lia. now rewrite Z.sub_add. Qed.
(* j from a to b, i from l to j + c: the same pairs as i from l to b + c, j from i - c to b *)
Lemma m_exchange a b l h c f r : (forall j, h j = j + c)%Z -> (a <= l - c)%Z ->
  sumZ l (b + c) (fun i => sumZ (i - c) b (fun j => f j i)) = r -> sumZ a b (fun j => sumZ l (h j) (f j)) = r.
Proof.
  intros H A <-. transitivity (sumZ a b (fun j => sumZ l (b + c) (fun i => if (i <=? j + c)%Z then f j i else 0))).
  - apply sumZ_ext; intros j Hj. rewrite H. destruct (Z_le_gt_dec (l - 1) (j + c)) as [E|E].
    + symmetry. apply (s_upto l (b + c) (j + c) _ (f j)); [lia | | | reflexivity]; intros z Hz; destruct (Z.leb_spec z (j + c)); auto; lia.
    + rewrite s_none by lia. symmetry. apply sumZ_zero'; intros z Hz. destruct (Z.leb_spec z (j + c)); auto; lia.
  - rewrite sumZ_swap. apply sumZ_ext; intros i Hi.
    apply (s_from a b (i - c) _ (fun j => f j i)); [lia | | | reflexivity]; intros z Hz; destruct (Z.leb_spec i (z + c)); auto; lia.
Qed.
Ltac moved l := cbv beta; lazymatch goal with
  | |- _ + _ = _ => eapply c_add; [moved l | moved l | reflexivity]
  | |- _ - _ = _ => eapply c_sub; [moved l | moved l | reflexivity]
  | |- _ * _ = _ => eapply c_mul; [moved l | moved l | reflexivity]
  | |- _ / _ = _ => eapply c_div; [moved l | moved l | reflexivity]
  | |- - _ = _ => eapply c_opp; [moved l | reflexivity]
  | |- / _ = _ => eapply c_inv; [moved l | reflexivity]
  | |- _ ^ _ = _ => eapply c_pow; [moved l | reflexivity]
  | |- sumZ _ _ _ = _ => first [ move_one l l | eapply c_sum; [intros; moved l | reflexivity] ]
  | |- ?f ?a = _ => first [ (lazymatch type of a with R => idtac end; eapply c_app; [moved l | reflexivity]) | reflexivity ]
  | |- _ => reflexivity end
with move_one l all := lazymatch l with ?m :: ?rest => first
  [ lazymatch m with
    | Shift ?a ?b ?k => lazymatch goal with |- sumZ ?lo ?hi _ = _ => let E := fresh in
        assert (E : lo = a /\ hi = b) by lia; clear E; eapply (m_shift k); eapply c_sum; [intros; moved rest | reflexivity] end
    | Cut ?a ?b ?u => lazymatch goal with |- sumZ ?lo ?hi _ = _ => let E := fresh in
        assert (E : lo = a /\ hi = b) by lia; clear E; eapply (m_cut u); [lia | moved rest | moved rest | reflexivity] end
    | Exchange => lazymatch goal with |- sumZ ?a ?b (fun j => sumZ ?l (@?h j) (@?f j)) = _ =>
        let c := eval cbv beta in (h 0%Z) in eapply (m_exchange a b l h c f); [intros; lia | lia |
          eapply c_sum; [intros; eapply c_sum; [intros; moved rest | reflexivity] | reflexivity]] end end
  | move_one rest all ] end.
Ltac moves l := etransitivity; [moved l | symmetry; etransitivity; [moved l | symmetry]]; cbv beta; both nearby.
(* derivatives between such names that the places of their entries make 0 *)
Ltac zeros l := both ltac:(fun _ => lazymatch goal with |- D _ _ _ (?x, _) (?y, _) = _ => named l x y; unreached_here tt end).

(* ======================= induction over the layers ======================= *)
Theorem layers_down lo hi M cols rows (v : Z -> R) (X : Z -> Z -> R) :
  (forall t, (lo <= t <= hi)%Z -> cols t = rows (t + 1)%Z) ->
  (forall p, (1 <= p <= rows (hi + 1)%Z)%Z -> X (hi + 1)%Z p = v p) ->
  (forall t, (lo <= t <= hi)%Z -> forall p, (1 <= p <= rows t)%Z -> X t p = sumZ 1 (rows (t + 1)%Z) (fun q => M t p q * X (t + 1)%Z q)) ->
  (lo <= hi + 1)%Z -> forall p, (1 <= p <= rows lo)%Z ->
  sumZ 1 (rows (hi + 1)%Z) (fun q => chain lo hi M cols p q * v q) = X lo p.
Proof.
  intros C B S Hlo. unfold chain. remember (Z.to_nat (hi - lo + 1)) as m eqn:E.
  revert lo Hlo E C S; induction m; intros lo Hlo E C S p Hp; simpl.
  - assert (lo = hi + 1)%Z as -> by lia. rewrite B by auto.
    rewrite (sumZ_delta 1 _ _ p Hp); [rewrite ind_eq by auto; ring|intros; rewrite ind_diff by lia; ring].
  - rewrite S, C by lia || auto. symmetry.
    transitivity (sumZ 1 (rows (lo+1)%Z) (fun z => sumZ 1 (rows (hi+1)%Z) (fun q => M lo p z * (chainN m (lo + 1) M cols z q * v q)))).
    + apply sumZ_ext; intros z Hz. rewrite sumZ_scal. f_equal. symmetry. apply IHm; try lia; intros; [apply C|apply S]; lia || auto.
    + rewrite sumZ_swap. apply sumZ_ext; intros q Hq. rewrite <- sumZ_scalr. apply sumZ_ext; intros; ring.
Qed.
Theorem layers_down_entry lo hi M cols rows (X : Z -> Z -> R) c :
  (forall t, (lo <= t <= hi)%Z -> cols t = rows (t + 1)%Z) ->
  (forall p, (1 <= p <= rows (hi + 1)%Z)%Z -> X (hi + 1)%Z p = ind p c) ->
  (forall t, (lo <= t <= hi)%Z -> forall p, (1 <= p <= rows t)%Z -> X t p = sumZ 1 (rows (t + 1)%Z) (fun q => M t p q * X (t + 1)%Z q)) ->
  (lo <= hi + 1)%Z -> (1 <= c <= rows (hi + 1)%Z)%Z -> forall p, (1 <= p <= rows lo)%Z -> chain lo hi M cols p c = X lo p.
Proof.
  intros C B S Hlo Hc p Hp. rewrite <- (layers_down lo hi M cols rows (fun q => ind q c) X C B S Hlo p Hp).
  rewrite (sumZ_delta 1 _ _ c Hc); [rewrite ind_eq by auto; ring|intros; rewrite ind_diff by lia; ring].
Qed.
(* one more matrix at the end *)
Lemma chainN_snoc m lo M cols p c : (1 <= c <= cols (lo + Z.of_nat m)%Z)%Z ->
  (m = O -> (1 <= p <= cols (lo - 1)%Z)%Z) ->
  chainN (S m) lo M cols p c = sumZ 1 (cols (lo + Z.of_nat m - 1)%Z) (fun q => chainN m lo M cols p q * M (lo + Z.of_nat m)%Z q c).
Proof.
  revert lo p; induction m; intros lo p Hc Hp.
  - cbn [chainN Z.of_nat]. rewrite !Z.add_0_r in *.
    rewrite (sumZ_delta 1 _ _ c Hc) by (intros; rewrite ind_diff by lia; ring).
    rewrite (sumZ_delta 1 _ _ p (Hp eq_refl)) by (intros; rewrite ind_diff by lia; ring).
    rewrite !ind_eq by auto; ring.
  - change (chainN (S (S m)) lo M cols p c) with (sumZ 1 (cols lo) (fun q => M lo p q * chainN (S m) (lo + 1) M cols q c)).
    transitivity (sumZ 1 (cols lo) (fun q => sumZ 1 (cols (lo + Z.of_nat (S m) - 1)%Z) (fun r => M lo p q * (chainN m (lo + 1) M cols q r * M (lo + Z.of_nat (S m))%Z r c)))).
    + apply sumZ_ext; intros q Hq. rewrite sumZ_scal. f_equal.
      replace (lo + Z.of_nat (S m))%Z with (lo + 1 + Z.of_nat m)%Z in * by lia. apply IHm; [exact Hc|].
      intros _. now replace (lo + 1 - 1)%Z with lo by lia.
    + rewrite sumZ_swap. apply sumZ_ext; intros r Hr. cbn [chainN]. rewrite <- sumZ_scalr. apply sumZ_ext; intros; ring.
Qed.
Theorem layers_up lo hi M cols rows (v : Z -> R) (X : Z -> Z -> R) :
  (forall t, (lo - 1 <= t <= hi)%Z -> cols t = rows t) ->
  (forall p, (1 <= p <= rows (lo - 1)%Z)%Z -> X (lo - 1)%Z p = v p) ->
  (forall t, (lo <= t <= hi)%Z -> forall p, (1 <= p <= rows t)%Z -> X t p = sumZ 1 (rows (t - 1)%Z) (fun q => M t q p * X (t - 1)%Z q)) ->
  (lo - 1 <= hi)%Z -> forall p, (1 <= p <= rows hi)%Z ->
  sumZ 1 (rows (lo - 1)%Z) (fun q => chain lo hi M cols q p * v q) = X hi p.
Proof.
  intros C B S Hlo. unfold chain. remember (Z.to_nat (hi - lo + 1)) as m eqn:E.
  revert hi Hlo E C S; induction m; intros hi Hlo E C S p Hp.
  - assert (hi = lo - 1)%Z as -> by lia. rewrite B by auto. cbn [chainN].
    rewrite (sumZ_delta 1 _ _ p Hp); [rewrite ind_eq by auto; ring|intros; rewrite ind_diff by lia; ring].
  - assert (H : hi = (lo + Z.of_nat m)%Z) by lia. rewrite S by lia || auto. rewrite <- C in Hp by lia.
    transitivity (sumZ 1 (rows (lo - 1)%Z) (fun q => sumZ 1 (rows (hi - 1)%Z) (fun r => chainN m lo M cols q r * M hi r p * v q))).
    + apply sumZ_ext; intros q Hq. rewrite sumZ_scalr. f_equal. rewrite chainN_snoc; auto; [|now rewrite <- H|rewrite C by lia; auto].
      rewrite <- H, C by lia. reflexivity.
    + rewrite sumZ_swap. apply sumZ_ext; intros r Hr.
      rewrite <- (IHm (hi - 1)%Z); try lia; auto; [|intros; apply C; lia|intros; apply S; lia || auto].
      rewrite <- sumZ_scal. apply sumZ_ext; intros; ring.
Qed.
Theorem layers_up_entry lo hi M cols rows (X : Z -> Z -> R) c :
  (forall t, (lo - 1 <= t <= hi)%Z -> cols t = rows t) ->
  (forall p, (1 <= p <= rows (lo - 1)%Z)%Z -> X (lo - 1)%Z p = ind p c) ->
  (forall t, (lo <= t <= hi)%Z -> forall p, (1 <= p <= rows t)%Z -> X t p = sumZ 1 (rows (t - 1)%Z) (fun q => M t q p * X (t - 1)%Z q)) ->
  (lo - 1 <= hi)%Z -> (1 <= c <= rows (lo - 1)%Z)%Z -> forall p, (1 <= p <= rows hi)%Z -> chain lo hi M cols c p = X hi p.
Proof.
  intros C B S Hlo Hc p Hp. rewrite <- (layers_up lo hi M cols rows (fun q => ind q c) X C B S Hlo p Hp).
  rewrite (sumZ_delta 1 _ _ c Hc); [rewrite ind_eq by auto; ring|intros; rewrite ind_diff by lia; ring].
Qed.
(* the same sum, with its ends written differently *)
Ltac same_size := first [ lia | (f_equal; lia) | reflexivity ].
Ltac in_range := cbv beta; tidy; lia.
Ltac same_place := cbv beta; tidy; first [ reflexivity | (repeat f_equal; lia) ].
Ltac by_layers H here := etransitivity; [|etransitivity; [apply H with (p := here)|]];
  [ first [ reflexivity | (apply sum_eq; [lia|cbv beta; same_size|reflexivity]) ] | intros; cbv beta; same_size | .. | same_place ].
(* ======================= induction on the length of a sum ======================= *)
Lemma telescope_up lo hi F R c f : (lo - 1 <= hi)%Z -> F (lo - 1)%Z = R (lo - 1)%Z ->
  (forall m, (lo <= m <= hi)%Z -> F m - F (m - 1)%Z = R m - R (m - 1)%Z + c * f m) -> F hi = R hi + c * sumZ lo hi f.
Proof.
  intros H B S. unfold sumZ. remember (Z.to_nat (hi - lo + 1)) as n eqn:E. revert hi H E S; induction n; intros hi H E S.
  - assert (hi = lo - 1)%Z as -> by lia. simpl. rewrite B; ring.
  - assert (G := IHn (hi - 1)%Z ltac:(lia) ltac:(lia) ltac:(intros; apply S; lia)). assert (K := S hi ltac:(lia)).
    cbn [sumN]. replace (lo + Z.of_nat n)%Z with hi by lia. lra.
Qed.
Lemma telescope_down lo hi F R c f : (lo <= hi + 1)%Z -> F (hi + 1)%Z = R (hi + 1)%Z ->
  (forall m, (lo <= m <= hi)%Z -> F m - F (m + 1)%Z = R m - R (m + 1)%Z + c * f m) -> F lo = R lo + c * sumZ lo hi f.
Proof.
  intros H B S. remember (Z.to_nat (hi - lo + 1)) as n eqn:E. revert lo H E S; induction n; intros lo H E S.
  - assert (lo = hi + 1)%Z as -> by lia. rewrite s_none, B by lia; ring.
  - assert (G := IHn (lo + 1)%Z ltac:(lia) ltac:(lia) ltac:(intros; apply S; lia)). assert (K := S lo ltac:(lia)).
    rewrite (sumZ_app lo lo hi) by lia. rewrite (s_one lo lo f (f lo)) by reflexivity. lra.
Qed.
Ltac by_sum H := etransitivity; [|etransitivity; [eapply H|]];
  [ same_place | in_range | .. | cbv beta; tidy; first [ ring | same_place ] ].
(* ======================= sums whose terms hang on an end by a product of matrices ======================= *)
(* from one end m to the next, what stood there is multiplied by one more matrix, and a term comes in *)
Theorem linked_down n lo hi M F R c f p : (1 <= p <= n)%Z -> (lo <= hi)%Z ->
  (forall p, (1 <= p <= n)%Z -> F hi p = R hi p + c * f hi hi p) ->
  (forall m, (lo <= m <= hi - 1)%Z -> forall p, (1 <= p <= n)%Z -> F m p - sumZ 1 n (fun q => M m p q * F (m + 1)%Z q)
    = R m p - sumZ 1 n (fun q => M m p q * R (m + 1)%Z q) + c * f m m p) ->
  (forall m, (lo <= m <= hi - 1)%Z -> forall s, (m + 1 <= s <= hi)%Z -> forall p, (1 <= p <= n)%Z ->
    f m s p = sumZ 1 n (fun q => M m p q * f (m + 1)%Z s q)) ->
  F lo p = R lo p + c * sumZ lo hi (fun s => f lo s p).
Proof.
  intros P H B S K. remember (Z.to_nat (hi - lo)) as k eqn:E. revert lo p P H E S K; induction k; intros lo p P H E S K.
  - assert (lo = hi)%Z as -> by lia. rewrite B by auto. now rewrite (s_one hi hi _ (f hi hi p)) by reflexivity.
  - assert (G := S lo ltac:(lia) p P).
    rewrite (sumZ_ext 1 n (fun q => M lo p q * F (lo + 1)%Z q)
      (fun q => M lo p q * R (lo + 1)%Z q + c * sumZ (lo + 1) hi (fun s => M lo p q * f (lo + 1)%Z s q))) in G.
    2:{ intros q Q. rewrite (IHk (lo + 1)%Z q) by (lia || (intros; apply S; lia) || (intros; apply K; lia)).
        rewrite sumZ_scal; ring. }
    rewrite sumZ_plus, sumZ_scal, sumZ_swap in G.
    rewrite <- (sumZ_ext (lo + 1) hi (fun s => f lo s p)) in G by (intros s Q; apply K; lia).
    rewrite (sumZ_app lo lo hi), (s_one lo lo _ (f lo lo p)) by (lia || reflexivity). lra.
Qed.
Theorem linked_up n lo hi M F R c f p : (1 <= p <= n)%Z -> (lo <= hi)%Z ->
  (forall p, (1 <= p <= n)%Z -> F lo p = R lo p + c * f lo lo p) ->
  (forall m, (lo + 1 <= m <= hi)%Z -> forall p, (1 <= p <= n)%Z -> F m p - sumZ 1 n (fun q => M m p q * F (m - 1)%Z q)
    = R m p - sumZ 1 n (fun q => M m p q * R (m - 1)%Z q) + c * f m m p) ->
  (forall m, (lo + 1 <= m <= hi)%Z -> forall s, (lo <= s <= m - 1)%Z -> forall p, (1 <= p <= n)%Z ->
    f m s p = sumZ 1 n (fun q => M m p q * f (m - 1)%Z s q)) ->
  F hi p = R hi p + c * sumZ lo hi (fun s => f hi s p).
Proof.
  intros P H B S K. remember (Z.to_nat (hi - lo)) as k eqn:E. revert hi p P H E S K; induction k; intros hi p P H E S K.
  - assert (hi = lo)%Z as -> by lia. rewrite B by auto. now rewrite (s_one lo lo _ (f lo lo p)) by reflexivity.
  - assert (G := S hi ltac:(lia) p P).
    rewrite (sumZ_ext 1 n (fun q => M hi p q * F (hi - 1)%Z q)
      (fun q => M hi p q * R (hi - 1)%Z q + c * sumZ lo (hi - 1) (fun s => M hi p q * f (hi - 1)%Z s q))) in G.
    2:{ intros q Q. rewrite (IHk (hi - 1)%Z q) by (lia || (intros; apply S; lia) || (intros; apply K; lia)).
        rewrite sumZ_scal; ring. }
    rewrite sumZ_plus, sumZ_scal, sumZ_swap in G.
    rewrite <- (sumZ_ext lo (hi - 1) (fun s => f hi s p)) in G by (intros s Q; apply K; lia).
    rewrite (sumZ_app lo (hi - 1) hi), Z.sub_add, (s_one hi hi _ (f hi hi p)) by (lia || reflexivity). lra.
Qed.
Lemma sumZ_turned lo hi f : sumZ lo hi f = sumZ lo hi (fun s => f (lo + hi - s)%Z).
Proof.
  destruct (Z_le_gt_dec lo (hi + 1)) as [H|H]; [|now rewrite !s_none by lia].
  remember (Z.to_nat (hi - lo + 1)) as k eqn:E. revert lo H E f; induction k; intros lo H E f.
  - now rewrite !s_none by lia.
  - rewrite (sumZ_app lo lo hi), (s_one lo lo f (f lo)) by (lia || reflexivity).
    rewrite (sumZ_app lo (hi - 1) hi (fun s => f (lo + hi - s)%Z)), Z.sub_add by lia.
    rewrite (s_one hi hi _ (f lo)) by (lia || (f_equal; lia)). rewrite (IHk (lo + 1)%Z) by lia.
    rewrite Rplus_comm. f_equal. unfold sumZ. replace (Z.to_nat (hi - (lo + 1) + 1)) with k by lia.
    replace (Z.to_nat (hi - 1 - lo + 1)) with k by lia. clear. assert (G : forall j a b g h, (forall z, (0 <= z < Z.of_nat j)%Z ->
      g (a + z)%Z = h (b + z)%Z :> R) -> sumN j a g = sumN j b h).
    { induction j; simpl; intros a b g h Q; auto. f_equal; [apply IHj; intros; apply Q; lia | apply Q; lia]. }
    apply G; intros; f_equal; lia.
Qed.
(* a product of matrices by its first one, or its last one, and the others *)
Definition front n (a g : Z -> R) := sumZ 1 n (fun q => a q * g q).
Lemma chain_none lo hi M cols p c : (hi < lo)%Z -> chain lo hi M cols p c = ind p c.
Proof. intros H. unfold chain. now replace (Z.to_nat (hi - lo + 1)) with O by lia. Qed.
Lemma chain_first lo hi M cols p c : (lo <= hi)%Z -> chain lo hi M cols p c = front (cols lo) (M lo p) (fun q => chain (lo + 1) hi M cols q c).
Proof. intros H. unfold chain. replace (Z.to_nat (hi - lo + 1)) with (S (Z.to_nat (hi - (lo + 1) + 1))) by lia. reflexivity. Qed.
Lemma chain_last lo hi M cols p c : (lo <= hi)%Z -> (1 <= c <= cols hi)%Z -> (lo = hi -> (1 <= p <= cols (lo - 1)%Z)%Z) ->
  chain lo hi M cols p c = front (cols (hi - 1)%Z) (fun q => M hi q c) (fun q => chain lo (hi - 1) M cols p q).
Proof. intros H C P. unfold chain, front. replace (Z.to_nat (hi - lo + 1)) with (S (Z.to_nat (hi - 1 - lo + 1))) by lia.
  rewrite chainN_snoc.
  - replace (lo + Z.of_nat (Z.to_nat (hi - 1 - lo + 1)))%Z with hi by lia. apply sumZ_ext; intros; ring.
  - now replace (lo + Z.of_nat (Z.to_nat (hi - 1 - lo + 1)))%Z with hi by lia.
  - intros; apply P; lia. Qed.
Lemma chain_power A n lo hi lo' hi' p c : (hi - lo = hi' - lo')%Z ->
  chain lo hi (fun _ => A) (fun _ => n) p c = chain lo' hi' (fun _ => A) (fun _ => n) p c.
Proof. intros H. unfold chain. replace (hi - lo)%Z with (hi' - lo')%Z by auto. clear. generalize (Z.to_nat (hi' - lo' + 1)); intros m.
  revert lo lo' p; induction m; simpl; intros; auto. apply sumZ_ext; intros; f_equal; apply IHm. Qed.
(* ... and of numbers *)
Lemma front_one a g t : a 1%Z * g 1%Z = t -> t = front 1 a g.
Proof. intros <-. unfold front. symmetry. now apply s_one. Qed.
Lemma prod_none lo hi f : (hi < lo)%Z -> prodZ lo hi f = 1.
Proof. intros H. unfold prodZ. now replace (Z.to_nat (hi - lo + 1)) with O by lia. Qed.
Lemma prodN_first m lo f : prodN (S m) lo f = f lo * prodN m (lo + 1) f.
Proof. revert lo; induction m; intros lo; [simpl; rewrite Z.add_0_r; ring|].
  change (prodN (S (S m)) lo f) with (prodN (S m) lo f * f (lo + Z.of_nat (S m))%Z). rewrite IHm. cbn [prodN].
  replace (lo + 1 + Z.of_nat m)%Z with (lo + Z.of_nat (S m))%Z by lia. ring. Qed.
Lemma prod_first lo hi f : (lo <= hi)%Z -> prodZ lo hi f = front 1 (fun _ => f lo) (fun _ => prodZ (lo + 1) hi f).
Proof. intros H. apply front_one. unfold prodZ. replace (Z.to_nat (hi - lo + 1)) with (S (Z.to_nat (hi - (lo + 1) + 1))) by lia.
  symmetry; apply prodN_first. Qed.
Lemma prod_last lo hi f : (lo <= hi)%Z -> prodZ lo hi f = front 1 (fun _ => f hi) (fun _ => prodZ lo (hi - 1) f).
Proof. intros H. apply front_one. unfold prodZ. replace (Z.to_nat (hi - lo + 1)) with (S (Z.to_nat (hi - 1 - lo + 1))) by lia.
  cbn [prodN]. replace (lo + Z.of_nat (Z.to_nat (hi - 1 - lo + 1)))%Z with hi by lia. ring. Qed.
Lemma prod_power a lo hi lo' hi' : (hi - lo = hi' - lo')%Z -> prodZ lo hi (fun _ => a) = prodZ lo' hi' (fun _ => a).
Proof. intros H. unfold prodZ. replace (hi - lo)%Z with (hi' - lo')%Z by auto. clear. generalize (Z.to_nat (hi' - lo' + 1)); intros m.
  induction m; simpl; auto. now rewrite IHm. Qed.
Lemma h_sum lo hi f n a g : (forall k, (lo <= k <= hi)%Z -> f k = front n a (g k)) -> sumZ lo hi f = front n a (fun q => sumZ lo hi (fun k => g k q)).
Proof. intros H. rewrite (sumZ_ext lo hi _ _ H). unfold front. rewrite sumZ_swap. apply sumZ_ext; intros. apply sumZ_scal. Qed.
Lemma h_left x y n a g : x = front n a g -> x * y = front n a (fun q => g q * y).
Proof. intros ->. unfold front. rewrite <- sumZ_scalr. apply sumZ_ext; intros; ring. Qed.
Lemma h_right x y n a g : y = front n a g -> x * y = front n a (fun q => x * g q).
Proof. intros ->. unfold front. rewrite <- sumZ_scal. apply sumZ_ext; intros; ring. Qed.
(* terms that differ in how their indices are written, and in where a power of a matrix begins *)
Ltac alike := cbv beta; first [ reflexivity | lia | (apply sum_eq; [lia | cbv beta; same_size | intros; alike])
  | (apply chain_power; lia) | (apply prod_power; lia) | (progress f_equal; alike) ].
(* a term = ?r with the sum over one more matrix in front *)
Ltac fronted := cbv beta; lazymatch goal with
  | |- sumZ _ _ _ = _ => eapply h_sum; intros; fronted
  | |- chain _ _ _ _ _ _ = _ => apply chain_first; lia
  | |- prodZ _ _ _ = _ => apply prod_first; lia
  | |- _ * _ = _ => first [ (eapply h_left; fronted) | (eapply h_right; fronted) ] end.
Ltac last_fronted := cbv beta; lazymatch goal with
  | |- sumZ _ _ _ = _ => eapply h_sum; intros; last_fronted
  | |- chain _ _ _ _ _ _ = _ => apply chain_last; cbv beta; lia
  | |- prodZ _ _ _ = _ => apply prod_last; lia
  | |- _ * _ = _ => first [ (eapply h_left; last_fronted) | (eapply h_right; last_fronted) ] end.
Ltac hangs := cbv beta; tidy; first
  [ (etransitivity; [fronted | unfold front; alike]) | (etransitivity; [last_fronted | unfold front; alike]) ].
(* the product of no matrices, or of no numbers *)
Ltac empty _ := lazymatch goal with
  | |- chain _ _ _ _ _ _ = _ => etransitivity; [apply chain_none; lia | simp nearby]
  | |- prodZ _ _ _ = _ => apply prod_none; lia end.
Ltac empties := both empty.
Ltac by_link H := etransitivity; [|etransitivity; [eapply H|]];
  [ same_place | in_range | in_range | .. | cbv beta; tidy; first [ ring | same_place | turned ] ]
with turned := lazymatch goal with |- _ + _ * ?s = ?t => match t with context [sumZ ?lo ?hi ?g] =>
  replace s with (sumZ lo hi g); [ring | etransitivity; [apply sumZ_turned | alike]] end end.
(* what a product over layers is known to be is put in its place *)
Ltac use H := lazymatch type of H with
  | sumZ ?lo ?hi ?g = ?x => match goal with |- context [sumZ lo hi ?f] =>
      replace (sumZ lo hi f) with x by (rewrite <- H; apply sumZ_ext; intros; ring) end
  | ?c = ?x => rewrite H end.

(* ======================= hypotheses that do not contradict each other: a forward pass that meets them ======================= *)
Lemma constant s : differentiable s (fun _ => 0) (fun _ _ => 0).
Proof. intros c c' t _. rewrite sumS_zero by (intros; ring). apply is_derive_Reals, derivable_pt_lim_const. Qed.
Ltac exhibited := repeat first [ progress cbv beta | progress intros | match goal with |- _ /\ _ => split end ];
  lazymatch goal with
  | |- sat _ _ => assumption
  | |- differentiable _ _ _ => apply constant
  | |- is_derive _ _ _ => auto_derive; [exact Logic.I | ring]
  | |- _ \/ _ => first [ left; exhibited | right; exhibited ]
  | |- ?a = ?b => first [ lia | (etransitivity; [simp given_leaf | symmetry; etransitivity; [simp given_leaf | cbn; first [ reflexivity | lra ]]]) ]
  | |- 0 < _ => eapply pos_by; [simp given_leaf | cbn; first [ lra | pos ]]
  | |- _ < _ => apply Rminus_gt_0_lt; eapply pos_by; [simp given_leaf | cbn; lra]
  | |- ?a <> 0 => eapply known_nonzero; [|symmetry; simp given_leaf]; cbn; first [ lra | (apply Rgt_not_eq, Rlt_gt; pos) ]
  | |- _ => lia end
with given_leaf _ := lazymatch goal with L : forall p, lookN ?N p = None -> ?I p = _ |- ?I _ = _ => first
  [ (etransitivity; [apply L; let h := head N in unfold h; cbn [lookN fst snd String.eqb Ascii.eqb Bool.eqb]; repeat rewrite look_out by lia; reflexivity
      | cbn; reflexivity])
  | (eapply eq_trans; [value | simp given_leaf]) ] end.
Ltac exhibit N rk leaves := let W := fresh "Ranked" in let J := fresh "J" in let P := fresh "Pass" in let L := fresh "Leaf" in
  assert (W : ranked N rk) by prove_ranked N rk; destruct (pass_exists N rk leaves W) as [J [P L]]; exists J;
  first [ solve [exhibited] | fail 1 "no model of the assumptions" ].
