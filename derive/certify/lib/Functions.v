(* Functions.v: the functions that statements name, each with the derivative it is said to have. *)
From Coq Require Import Reals Lra Lia ZArith List FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Derive Require Import Core.
Import ListNotations.
Open Scope R_scope.

(* ======================= the functions: trusted, a line each ======================= *)
Definition ind (a b : Z) : R := if Z.eqb a b then 1 else 0.                       (* Kronecker's delta, [a = b] *)
Definition indle (a b : Z) : R := if Z.leb a b then 1 else 0.                                      (* [a <= b] *)
Definition step x := if Rlt_dec 0 x then 1 else 0.                                                  (* [x > 0] *)
Definition sgn x := step x - step (- x).
Definition relu x := Rmax 0 x.
Definition sigmoid x := / (1 + exp (- x)).
Definition softplus x := ln (1 + exp x).
Definition silu x := x * sigmoid x.
Definition erf x := 2 / sqrt PI * RInt (fun t => exp (- t ^ 2)) 0 x.
Definition gelu x := x * (1 / 2 * (1 + erf (x / sqrt 2))).
(* entry (p, c) of the product of the matrices M lo, ..., M hi; M t has cols t columns *)
Fixpoint chainN (m : nat) (lo : Z) (M : Z -> Z -> Z -> R) (cols : Z -> Z) (p c : Z) : R := match m with O => ind p c
  | S k => sumZ 1 (cols lo) (fun q => M lo p q * chainN k (lo + 1) M cols q c) end.
Definition chain lo hi M cols p c := chainN (Z.to_nat (hi - lo + 1)) lo M cols p c.
Fixpoint prodN (m : nat) (lo : Z) (f : Z -> R) : R := match m with O => 1 | S k => prodN k lo f * f (lo + Z.of_nat k)%Z end.
Definition prodZ lo hi f := prodN (Z.to_nat (hi - lo + 1)) lo f.
(* the largest entry of an array, [k is where it stands], and that no other entry is as large *)
Definition largest s (x : array) : R := real (Lub_Rbar (fun y => exists k, has s k = true /\ y = x k)).
Definition peak s k (x : array) : R := if has s k then if Rlt_dec (x k) (largest s x) then 0 else 1 else 0.
Definition alone s (x : array) := exists k, has s k = true /\ forall l, has s l = true -> l <> k -> x l < x k.
Definition negative (x : array) : array := fun k => - x k.
Definition smallest s x := - largest s (negative x).
Definition trough s k x := peak s k (negative x).
(* derivatives *)
Definition zero' (x : R) := 0.
Definition one' (x : R) := 1.
Definition relu' := step.
Definition abs' := sgn.
Definition sqrt' x := / (2 * sqrt x).
Definition cos' x := - sin x.
Definition tan' x := 1 + tan x ^ 2.
Definition atan' x := / (1 + x ^ 2).
Definition tanh' x := 1 - tanh x ^ 2.
Definition sigmoid' x := sigmoid x * (1 - sigmoid x).
Definition silu' x := sigmoid x * (1 + x * (1 - sigmoid x)).
Definition erf' x := 2 / sqrt PI * exp (- x ^ 2).
Definition gelu' x := 1 / 2 * (1 + erf (x / sqrt 2)) + x * (/ sqrt (2 * PI) * exp (-1 / 2 * x ^ 2)).
(* ======================= end of the functions ======================= *)

(* ---- positive values ---- *)
Lemma sigmoid_pos x : 0 < sigmoid x.
Proof. unfold sigmoid; assert (H := exp_pos (- x)); apply Rinv_0_lt_compat; lra. Qed.
Lemma sigmoid_below x : 0 < 1 - sigmoid x.
Proof. unfold sigmoid; assert (H := exp_pos (- x)).
  replace (1 - / (1 + exp (- x))) with (exp (- x) * / (1 + exp (- x))) by (field; lra).
  apply Rmult_lt_0_compat; auto; apply Rinv_0_lt_compat; lra. Qed.
Lemma sigmoid_opp x : sigmoid (-1 * x) = 1 - sigmoid x.
Proof. unfold sigmoid; replace (- (-1 * x)) with x by ring. rewrite exp_Ropp.
  assert (H := exp_pos x); field; lra. Qed.
Lemma softplus_pos x : 0 < softplus x.
Proof. unfold softplus; rewrite <- ln_1; apply ln_increasing; assert (H := exp_pos x); lra. Qed.
Lemma softplus_opp x : softplus (-1 * x) = softplus x - x.
Proof. unfold softplus; replace (-1 * x) with (- x) by ring. assert (H := exp_pos x). rewrite exp_Ropp.
  replace (1 + / exp x) with ((1 + exp x) * / exp x) by (field; lra).
  rewrite ln_mult, ln_Rinv, ln_exp by (auto; try apply Rinv_0_lt_compat; lra). ring. Qed.
Lemma cosh_pos x : 0 < cosh x.
Proof. unfold cosh; assert (H := exp_pos x); assert (K := exp_pos (- x)); lra. Qed.

(* ---- derivatives ---- *)
Lemma loc_pos (f h : R -> R) z d : 0 < z -> (forall y, 0 < y -> h y = f y) -> is_derive h z d -> is_derive f z d.
Proof. intros P E H. apply is_derive_ext_loc with h; auto. apply (filter_imp (fun y => 0 < y)); auto. now apply open_gt. Qed.
Lemma loc_neg (f h : R -> R) z d : z < 0 -> (forall y, y < 0 -> h y = f y) -> is_derive h z d -> is_derive f z d.
Proof. intros P E H. apply is_derive_ext_loc with h; auto. apply (filter_imp (fun y => y < 0)); auto. now apply open_lt. Qed.
Lemma step_pos x : 0 < x -> step x = 1. Proof. unfold step; destruct Rlt_dec; lra. Qed.
Lemma step_neg x : x <= 0 -> step x = 0. Proof. unfold step; destruct Rlt_dec; lra. Qed.
Lemma d_id x : is_derive (fun x => x) x (one' x). Proof. unfold one'; auto_derive; auto. Qed.
Lemma d_step x : x <> 0 -> is_derive step x (zero' x).
Proof. intros H; unfold zero'; destruct (Rlt_dec 0 x).
  - apply (loc_pos _ (fun _ => 1)); auto; [intros; symmetry; now apply step_pos|auto_derive; auto].
  - apply (loc_neg _ (fun _ => 0)); [lra|intros; symmetry; apply step_neg; lra|auto_derive; auto]. Qed.
Lemma d_sgn x : x <> 0 -> is_derive sgn x (zero' x).
Proof. intros H; unfold zero', sgn; destruct (Rlt_dec 0 x).
  - apply (loc_pos _ (fun _ => 1)); auto; [intros; rewrite step_pos, step_neg by lra; ring|auto_derive; auto].
  - apply (loc_neg _ (fun _ => -1)); [lra|intros; rewrite step_neg, step_pos by lra; ring|auto_derive; auto]. Qed.
Lemma d_relu x : x <> 0 -> is_derive relu x (relu' x).
Proof. intros H; unfold relu', relu; destruct (Rlt_dec 0 x).
  - rewrite step_pos by auto. apply (loc_pos _ (fun y => y)); auto; [intros; rewrite Rmax_right; lra|auto_derive; auto].
  - rewrite step_neg by lra. apply (loc_neg _ (fun y => 0)); [lra|intros; rewrite Rmax_left; lra|auto_derive; auto]. Qed.
Lemma d_abs x : x <> 0 -> is_derive Rabs x (abs' x).
Proof. intros H; unfold abs', sgn; destruct (Rlt_dec 0 x); apply is_derive_Reals.
  - rewrite step_pos, step_neg by lra. replace (1 - 0) with 1 by ring. apply Rabs_derive_1; lra.
  - rewrite step_neg, step_pos by lra. replace (0 - 1) with (-1) by ring. apply Rabs_derive_2; lra. Qed.
Lemma d_sqrt x : 0 < x -> is_derive sqrt x (sqrt' x).
Proof. intros H; unfold sqrt'. auto_derive; auto. field. apply Rgt_not_eq, sqrt_lt_R0; auto. Qed.
Lemma d_cos x : is_derive cos x (cos' x). Proof. unfold cos'; auto_derive; auto; ring. Qed.
Lemma d_sin x : is_derive sin x (cos x). Proof. auto_derive; auto; ring. Qed.
Lemma d_tan x : cos x <> 0 -> is_derive tan x (tan' x).
Proof. intros H. unfold tan', tan. auto_derive; auto. assert (S := sin2_cos2 x). unfold Rsqr in S. field; auto. Qed.
Lemma d_atan x : is_derive atan x (atan' x).
Proof. apply is_derive_Reals, derivable_pt_lim_atan. Qed.
Lemma d_sinh x : is_derive sinh x (cosh x). Proof. unfold sinh, cosh; auto_derive; auto; field. Qed.
Lemma d_cosh x : is_derive cosh x (sinh x). Proof. unfold sinh, cosh; auto_derive; auto; field. Qed.
Lemma d_tanh x : is_derive tanh x (tanh' x).
Proof. unfold tanh', tanh, sinh, cosh; assert (H := exp_pos x); assert (K := exp_pos (- x)).
  auto_derive; [lra|field; lra]. Qed.
Lemma d_sigmoid x : is_derive sigmoid x (sigmoid' x).
Proof. unfold sigmoid', sigmoid; assert (H := exp_pos (- x)); auto_derive; [lra|field; lra]. Qed.
Lemma d_softplus x : is_derive softplus x (sigmoid x).
Proof. unfold softplus, sigmoid; assert (H := exp_pos x); assert (K := exp_pos (- x)); auto_derive; [lra|].
  rewrite exp_Ropp. field; lra. Qed.
Lemma d_silu x : is_derive silu x (silu' x).
Proof. unfold silu', silu, sigmoid; assert (H := exp_pos (- x)); auto_derive; [lra|field; lra]. Qed.
Lemma d_erf x : is_derive erf x (erf' x).
Proof. unfold erf, erf'. apply (is_derive_scal (fun x => RInt (fun t => exp (- t ^ 2)) 0 x)).
  apply (is_derive_RInt (fun t => exp (- t ^ 2)) _ 0).
  - apply filter_forall; intros y. apply (RInt_correct (V := R_CompleteNormedModule)). apply ex_RInt_continuous.
    intros t _. apply (ex_derive_continuous (V := R_NormedModule)). auto_derive; auto.
  - apply (ex_derive_continuous (V := R_NormedModule)). auto_derive; auto. Qed.
Lemma sqrt_2_pi : sqrt (2 * PI) = sqrt 2 * sqrt PI.
Proof. apply sqrt_mult; [lra|apply Rlt_le, PI_RGT_0]. Qed.
Lemma d_gelu x : is_derive gelu x (gelu' x).
Proof.
  assert (P : 0 < sqrt 2) by (apply sqrt_lt_R0; lra). assert (Q : 0 < sqrt PI) by (apply sqrt_lt_R0, PI_RGT_0).
  assert (T : sqrt 2 * sqrt 2 = 2) by (apply sqrt_sqrt; lra).
  assert (E : is_derive (fun x => erf (x / sqrt 2)) x (/ sqrt 2 * erf' (x / sqrt 2))).
  { apply (is_derive_comp erf (fun x => x / sqrt 2)); [apply d_erf|]. auto_derive; auto; field; lra. }
  assert (F : is_derive (fun x => 1 / 2 * (1 + erf (x / sqrt 2))) x (1 / 2 * (0 + / sqrt 2 * erf' (x / sqrt 2)))).
  { apply (is_derive_scal (fun x => 1 + erf (x / sqrt 2))). apply (is_derive_plus (fun _ => 1)); auto.
    apply is_derive_Reals, derivable_pt_lim_const. }
  assert (G := is_derive_mult (fun x => x) (fun x => 1 / 2 * (1 + erf (x / sqrt 2))) x _ _ (d_id x) F Rmult_comm).
  unfold gelu', gelu. eapply (eq_rect _ (is_derive _ x)); [exact G|].
  unfold plus, mult, one', erf'; simpl. rewrite sqrt_2_pi.
  replace (- (x / sqrt 2 * (x / sqrt 2 * 1))) with (-1 / 2 * (x * (x * 1))).
  - field; lra.
  - rewrite <- T at 1. field; lra.
Qed.
(* ---- the largest entry of an array ---- *)
Lemma has_tail lo hi s z k : has (Axis lo hi s) (z :: k) = true <-> (lo <= z <= hi)%Z /\ has (s z) k = true.
Proof. simpl. destruct (Z.leb_spec lo z), (Z.leb_spec z hi); simpl; split; intros H1; try easy; try tauto; lia. Qed.
Lemma sumS_single s l F : has s l = true -> sumS s (fun k => (if eqbl l k then 1 else 0) * F k) = F l.
Proof. revert l F; induction s as [|lo hi s H|a IHa b IHb]; intros l F Hl.
  - destruct l; [simpl; ring | easy].
  - destruct l as [|z l]; [easy|]. apply has_tail in Hl as [B Hl]. simpl. rewrite (sumZ_delta lo hi _ z B).
    + rewrite (sumS_ext _ _ (fun r => (if eqbl l r then 1 else 0) * F (z :: r))); [apply (H z l (fun r => F (z :: r)) Hl)|].
      intros r _. now rewrite Z.eqb_refl.
    + intros y _ Ne. apply sumS_zero; intros r _. destruct (Z.eqb_spec z y); [congruence | simpl; ring].
  - destruct l as [|z l]; [easy|]. simpl in Hl |- *. destruct (Z.eqb_spec z 0) as [->|N0]; simpl.
    + rewrite (IHa l (fun r => F (0%Z :: r)) Hl), sumS_zero by (intros; ring). ring.
    + destruct (Z.eqb_spec z 1) as [->|N1]; [simpl in Hl |- *|easy].
      rewrite (IHb l (fun r => F (1%Z :: r)) Hl), sumS_zero by (intros; ring). ring. Qed.
Lemma largest_is s x k : has s k = true -> (forall l, has s l = true -> l <> k -> x l < x k) -> largest s x = x k.
Proof. intros Hk H. unfold largest. rewrite (is_lub_Rbar_unique _ (Finite (x k))); [reflexivity|]. split.
  - intros y [l [Hl ->]]. simpl. destruct (list_eq_dec Z.eq_dec l k) as [->|N]; [lra | apply Rlt_le, H; auto].
  - intros b Hb. apply Hb. eauto. Qed.
Lemma peak_is s x k l : has s k = true -> (forall l, has s l = true -> l <> k -> x l < x k) -> has s l = true ->
  peak s l x = if eqbl k l then 1 else 0.
Proof. intros Hk H Hl. unfold peak. rewrite Hl, (largest_is s x k Hk H). destruct (eqbl k l) eqn:E.
  - apply eqbl_spec in E as <-. destruct Rlt_dec; [lra | reflexivity].
  - destruct Rlt_dec as [|N]; [reflexivity|]. exfalso; apply N, H; auto. intros ->. rewrite (proj2 (eqbl_spec k k)) in E; easy. Qed.
Lemma peaks s x : alone s x -> sumS s (fun k => peak s k x) = 1.
Proof. intros [k [Hk H]]. rewrite (sumS_ext s _ (fun l => (if eqbl k l then 1 else 0) * 1)).
  - apply (sumS_single s k (fun _ => 1) Hk). - intros l Hl. rewrite (peak_is s x k l Hk H Hl). ring. Qed.
Lemma troughs s x : alone s (negative x) -> sumS s (fun k => trough s k x) = 1.
Proof. apply peaks. Qed.
Lemma everywhere s (P : list Z -> R -> Prop) t : (forall k, has s k = true -> locally t (P k)) ->
  locally t (fun y => forall k, has s k = true -> P k y).
Proof. revert P; induction s as [|lo hi s H|a IHa b IHb]; intros P K.
  - apply (filter_imp (P [])); [|now apply K]. intros y Py [|z r] Hk; easy.
  - assert (G : forall m, (m <= Z.to_nat (hi - lo + 1))%nat ->
      locally t (fun y => forall z r, (lo <= z < lo + Z.of_nat m)%Z -> has (s z) r = true -> P (z :: r) y)).
    { induction m; intros Hm; [apply filter_forall; lia|]. set (u := (lo + Z.of_nat m)%Z).
      assert (U : locally t (fun y => forall r, has (s u) r = true -> P (u :: r) y))
        by (apply (H u (fun r => P (u :: r))); intros r Hr; apply K, has_tail; unfold u; split; [lia | auto]).
      assert (V := IHm ltac:(lia)). generalize (filter_and _ _ V U). apply filter_imp. intros y [A B] z r Hz Hr.
      destruct (Z.eq_dec z u) as [->|N]; [auto|]. apply A; auto. unfold u in N; lia. }
    generalize (G _ (le_n _)). apply filter_imp. intros y A [|z r] Hk; [easy|]. apply has_tail in Hk as [B Hk]. apply A; auto. lia.
  - assert (A := IHa (fun r => P (0%Z :: r)) ltac:(intros; now apply K)).
    assert (B := IHb (fun r => P (1%Z :: r)) ltac:(intros; now apply K)).
    generalize (filter_and _ _ A B). apply filter_imp. intros y [E F] [|z r] Hk; [easy|]. simpl in Hk.
    destruct (Z.eqb_spec z 0) as [->|]; [auto|]. destruct (Z.eqb_spec z 1) as [->|]; [auto|easy]. Qed.
Lemma within_in s x k : has s k = true -> within s x k = x k.
Proof. unfold within. now intros ->. Qed.
Lemma d_largest s x : alone s x -> differentiable_at s (largest s) (peak s) x.
Proof. intros [k [Hk H]] c c' t E D.
  rewrite (sumS_ext s _ (fun l => (if eqbl k l then 1 else 0) * c' l)) by (intros l Hl; now rewrite (peak_is s x k l Hk H Hl)).
  rewrite (sumS_single s k c' Hk). apply is_derive_ext_loc with (fun y => c y k); [|now apply D].
  assert (L : locally t (fun y => forall l, has s l = true -> l <> k -> c y l < c y k)).
  { apply everywhere with (P := fun l y => l <> k -> c y l < c y k). intros l Hl.
    destruct (list_eq_dec Z.eq_dec l k) as [->|N]; [apply filter_forall; easy|].
    assert (Q : 0 < c t k - c t l) by (generalize (H l Hl N); rewrite <- E, !within_in by auto; lra).
    assert (C : is_derive (fun y => c y k - c y l) t (c' k - c' l))
      by (apply (is_derive_minus (fun y => c y k) (fun y => c y l)); auto).
    assert (F := ex_derive_continuous (fun y => c y k - c y l) t (ex_intro _ _ C)).
    apply (filter_imp (fun y => 0 < c y k - c y l)); [intros; lra|]. exact (F _ (open_gt 0 _ Q)). }
  revert L. apply filter_imp. intros y A. symmetry. rewrite (largest_is s _ k Hk), within_in; auto.
  intros l Hl N. rewrite !within_in by auto. auto. Qed.
Lemma largest_ext s x y : (forall k, has s k = true -> x k = y k) -> largest s x = largest s y.
Proof. intros H. unfold largest. f_equal. apply Lub_Rbar_eqset. intros r; split; intros [k [Hk ->]]; exists k; split; auto. symmetry; auto. Qed.
Lemma d_smallest s x : alone s (negative x) -> differentiable_at s (smallest s) (trough s) x.
Proof. intros A c c' t E D.
  assert (G : within s (negative x) = negative x)
    by (apply functional_extensionality; intros k; rewrite <- E; unfold within, negative; destruct (has s k); [reflexivity | apply Ropp_0 || (symmetry; apply Ropp_0)]).
  assert (H := d_largest s (negative x) A (fun y k => - c y k) (fun k => - c' k) t).
  replace (sumS s (fun k => trough s k x * c' k)) with (- sumS s (fun k => peak s k (negative x) * - c' k)).
  - apply is_derive_ext with (fun y => - largest s (within s (fun k => - c y k))).
    + intros y. unfold smallest. f_equal. apply largest_ext. intros k Hk. unfold negative. now rewrite !within_in by auto.
    + apply (is_derive_opp (fun y => largest s (within s (fun k => - c y k)))), H.
      * rewrite <- G, <- E. apply within_ext. intros k Hk. unfold negative. now rewrite within_in by auto.
      * intros k Hk. apply (is_derive_opp (fun y => c y k)); auto.
  - rewrite (sumS_ext s (fun k => peak s k (negative x) * - c' k) (fun k => trough s k x * c' k * -1))
      by (intros k _; unfold trough; ring).
    rewrite sumS_scalr. ring. Qed.
Lemma d_pow n x : is_derive (fun x => x ^ S n) x (INR (S n) * x ^ n).
Proof. auto_derive; auto. simpl; ring. Qed.
