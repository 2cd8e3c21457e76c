(* Core.v: what a network, an entry and a partial derivative are, and the theorems that hold for every network.

   The first part is the vocabulary in which statements are written, and all of this library that has to be trusted.
   Everything behind it is checked by Rocq. *)
From Coq Require Import Reals Lra Lia ZArith List String Bool FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
Import ListNotations.
Open Scope R_scope.

(* ======================= the vocabulary: trusted ======================= *)
Definition entry := (string * list Z)%type.                 (* W[k,i,j] is ("W", [k; i; j]) *)
Definition interp := entry -> R.                             (* a value for every entry *)
Definition array := list Z -> R.

Fixpoint sumN (m : nat) (lo : Z) (f : Z -> R) : R :=
  match m with O => 0 | S k => sumN k lo f + f (lo + Z.of_nat k)%Z end.
Definition sumZ lo hi f := sumN (Z.to_nat (hi - lo + 1)) lo f.                     (* f lo + ... + f hi *)

(* The shape of an array: which keys it has; of two arrays, the keys of one begin with 0, of the other with 1. *)
Inductive shape := Cell | Axis (lo hi : Z) (rest : Z -> shape) | Pair (a b : shape).
Fixpoint has (s : shape) (k : list Z) : bool := match s, k with
| Cell, [] => true
| Axis lo hi rest, z :: r => ((lo <=? z) && (z <=? hi))%Z && has (rest z) r
| Pair a b, z :: r => if (z =? 0)%Z then has a r else (z =? 1)%Z && has b r
| _, _ => false end.
Fixpoint sumS (s : shape) (F : list Z -> R) : R := match s with
| Cell => F []
| Axis lo hi rest => sumZ lo hi (fun z => sumS (rest z) (fun r => F (z :: r)))
| Pair a b => sumS a (fun r => F (0%Z :: r)) + sumS b (fun r => F (1%Z :: r)) end.
Definition within (s : shape) (x : array) : array := fun k => if has s k then x k else 0.
(* f' k is the partial derivative of f by the entry k: along every differentiable curve of arrays, the chain rule holds *)
Definition differentiable s (f : array -> R) (f' : list Z -> array -> R) := forall (c : R -> array) c' t,
  (forall k, has s k = true -> is_derive (fun y => c y k) t (c' k)) ->
  is_derive (fun y => f (within s (c y))) t (sumS s (fun k => f' k (within s (c t)) * c' k)).

Inductive expr :=
| Num (c : R) | Var (p : entry) | Add (a b : expr) | Mul (a b : expr) | Inv (a : expr)
| Fn (f f' : R -> R) (a : expr)                              (* f, with the derivative f' it is said to have *)
| App (f : array -> R) (f' : list Z -> array -> R) (s : shape) (x : list Z -> expr)      (* the same, of arrays *)
| Sum (lo hi : Z) (body : Z -> expr).
Fixpoint eval (I : interp) e : R := match e with
| Num c => c | Var p => I p | Add a b => eval I a + eval I b | Mul a b => eval I a * eval I b | Inv a => / eval I a
| Fn f _ a => f (eval I a) | App f _ s x => f (within s (fun k => eval I (x k)))
| Sum lo hi b => sumZ lo hi (fun z => eval I (b z)) end.

(* a definition: name[z1, ..., zk] = body for all z in ranges, where later ranges may mention earlier z *)
Inductive tele := Body (e : expr) | Bind (lo hi : Z) (f : Z -> tele).
Definition net := list (string * tele).
Fixpoint look (t : tele) (idx : list Z) : option expr := match t, idx with
| Body e, [] => Some e
| Bind lo hi f, z :: r => if ((lo <=? z) && (z <=? hi))%Z then look (f z) r else None
| _, _ => None end.
Fixpoint lookN (N : net) (p : entry) : option expr := match N with [] => None
| (x, t) :: r => if String.eqb x (fst p)
    then match look t (snd p) with Some e => Some e | None => lookN r p end else lookN r p end.

(* I is a forward pass of N *)
Definition sat N (I : interp) := forall p e, lookN N p = Some e -> I p = eval I e.
(* J is the forward pass with the leaves of I in which the entry v was set to x by hand *)
Definition run N (I : interp) v x (J : interp) := J v = x /\ forall p, p <> v ->
  J p = match lookN N p with Some e => eval J e | None => I p end.
(* du/dv = d: such passes exist, and u as a function of the one real number x has the derivative d at the present v *)
Definition pd N I u v d := (exists J, forall x, run N I v x (J x)) /\
  forall J, (forall x, run N I v x (J x)) -> is_derive (fun x => J x u) (I v) d.
(* ======================= end of the vocabulary ======================= *)

(* ---- sums ---- *)
Lemma sumN_ext m lo f g : (forall z, (lo <= z < lo + Z.of_nat m)%Z -> f z = g z) -> sumN m lo f = sumN m lo g.
Proof. induction m; simpl; intros H; auto. rewrite IHm, H; auto; intros; try apply H; lia. Qed.
Lemma sumZ_ext lo hi f g : (forall z, (lo <= z <= hi)%Z -> f z = g z) -> sumZ lo hi f = sumZ lo hi g.
Proof. intros H; apply sumN_ext; intros; apply H; lia. Qed.
Lemma sumZ_plus lo hi f g : sumZ lo hi (fun z => f z + g z) = sumZ lo hi f + sumZ lo hi g.
Proof. unfold sumZ; induction (Z.to_nat _); simpl; [lra|]. rewrite IHn; ring. Qed.
Lemma sumZ_scal lo hi c f : sumZ lo hi (fun z => c * f z) = c * sumZ lo hi f.
Proof. unfold sumZ; induction (Z.to_nat _); simpl; [ring|]. rewrite IHn; ring. Qed.
Lemma sumZ_scalr lo hi c f : sumZ lo hi (fun z => f z * c) = sumZ lo hi f * c.
Proof. unfold sumZ; induction (Z.to_nat _); simpl; [ring|]. rewrite IHn; ring. Qed.
Lemma sumZ_opp lo hi f : sumZ lo hi (fun z => - f z) = - sumZ lo hi f.
Proof. unfold sumZ; induction (Z.to_nat _); simpl; [ring|]. rewrite IHn; ring. Qed.
Lemma sumZ_zero lo hi : sumZ lo hi (fun _ => 0) = 0.
Proof. unfold sumZ; induction (Z.to_nat _); simpl; [auto|]. rewrite IHn; ring. Qed.
Lemma sumZ_zero' lo hi f : (forall z, (lo <= z <= hi)%Z -> f z = 0) -> sumZ lo hi f = 0.
Proof. intros H; rewrite (sumZ_ext lo hi f (fun _ => 0)); auto using sumZ_zero. Qed.
Lemma sumZ_swap a b c d f : sumZ a b (fun i => sumZ c d (fun j => f i j)) = sumZ c d (fun j => sumZ a b (fun i => f i j)).
Proof. unfold sumZ at 1 4; induction (Z.to_nat (b-a+1)); simpl; [now rewrite sumZ_zero|]. now rewrite IHn, <- sumZ_plus. Qed.
Lemma sumN_single m lo f u : (lo <= u < lo + Z.of_nat m)%Z ->
  sumN m lo (fun z => if Z.eqb z u then f z else 0) = f u.
Proof.
  assert (K : forall k, (lo + Z.of_nat k <= u)%Z -> sumN k lo (fun z => if Z.eqb z u then f z else 0) = 0).
  { induction k; simpl; intros; auto. rewrite IHk by lia. destruct (Z.eqb_spec (lo + Z.of_nat k) u); [lia|ring]. }
  induction m; intros H; simpl; [lia|]. destruct (Z.eqb_spec (lo + Z.of_nat m) u) as [E|E].
  - rewrite K by lia. rewrite E; ring.
  - rewrite IHm by lia. ring.
Qed.
Lemma sumZ_single lo hi f u : (lo <= u <= hi)%Z -> sumZ lo hi (fun z => if Z.eqb z u then f z else 0) = f u.
Proof. intros; apply sumN_single; lia. Qed.
Lemma sumZ_delta lo hi f u : (lo <= u <= hi)%Z -> (forall z, (lo <= z <= hi)%Z -> z <> u -> f z = 0) -> sumZ lo hi f = f u.
Proof. intros Hu H. rewrite <- (sumZ_single lo hi f u Hu). apply sumZ_ext; intros z Hz.
  destruct (Z.eqb_spec z u); auto. Qed.
Lemma sumZ_pos lo hi f : (lo <= hi)%Z -> (forall z, (lo <= z <= hi)%Z -> 0 < f z) -> 0 < sumZ lo hi f.
Proof.
  intros H P. unfold sumZ. replace (Z.to_nat (hi - lo + 1)) with (S (Z.to_nat (hi - lo))) by lia.
  assert (G : forall m, (m <= Z.to_nat (hi-lo))%nat -> 0 <= sumN m lo f).
  { induction m; simpl; intros; [lra|]. assert (0 < f (lo + Z.of_nat m)%Z) by (apply P; lia).
    assert (0 <= sumN m lo f) by (apply IHm; lia). lra. }
  simpl. assert (0 < f (lo + Z.of_nat (Z.to_nat (hi-lo)))%Z) by (apply P; lia). specialize (G _ (le_n _)); lra.
Qed.

(* ---- sums over the keys of an array ---- *)
Lemma sumS_ext s F G : (forall k, has s k = true -> F k = G k) -> sumS s F = sumS s G.
Proof. revert F G; induction s; simpl; intros F G K.
  - now apply K.
  - apply sumZ_ext; intros z Hz; apply H; intros k Hk; apply K; simpl.
    destruct (Z.leb_spec lo z), (Z.leb_spec z hi); simpl; auto; lia.
  - f_equal; [apply IHs1|apply IHs2]; intros k Hk; apply K; simpl; auto. Qed.
Lemma sumS_plus s F G : sumS s (fun k => F k + G k) = sumS s F + sumS s G.
Proof. revert F G; induction s; simpl; intros F G; auto.
  - rewrite <- sumZ_plus; apply sumZ_ext; intros; apply H.
  - rewrite IHs1, IHs2; ring. Qed.
Lemma sumS_scalr s c F : sumS s (fun k => F k * c) = sumS s F * c.
Proof. revert F; induction s; simpl; intros F; auto.
  - rewrite <- sumZ_scalr; apply sumZ_ext; intros; apply H.
  - rewrite IHs1, IHs2; ring. Qed.
Lemma sumS_zero s F : (forall k, has s k = true -> F k = 0) -> sumS s F = 0.
Proof. intros H. rewrite (sumS_ext s F (fun k => F k * 0)) by (intros k Hk; rewrite (H k Hk); ring).
  rewrite sumS_scalr; ring. Qed.
Lemma within_ext s x y : (forall k, has s k = true -> x k = y k) -> within s x = within s y.
Proof. intros H; apply functional_extensionality; intros k; unfold within. destruct (has s k) eqn:E; auto. Qed.

(* ---- entries ---- *)
Fixpoint eqbl (a b : list Z) : bool := match a, b with [], [] => true
| x :: r, y :: s => (Z.eqb x y && eqbl r s)%bool | _, _ => false end.
Lemma eqbl_spec a b : eqbl a b = true <-> a = b.
Proof. revert b; induction a; destruct b; simpl; split; intros H; try easy.
  - apply andb_prop in H as [H1 H2]. apply Z.eqb_eq in H1. apply IHa in H2. congruence.
  - inversion H; subst. rewrite Z.eqb_refl; simpl; now apply IHa. Qed.
Definition eqbe (p q : entry) : bool := (String.eqb (fst p) (fst q) && eqbl (snd p) (snd q))%bool.
Lemma eqbe_spec p q : eqbe p q = true <-> p = q.
Proof. destruct p, q; unfold eqbe; simpl; split; intros H.
  - apply andb_prop in H as [H1 H2]. apply String.eqb_eq in H1. apply eqbl_spec in H2. congruence.
  - inversion H; subst. rewrite String.eqb_refl; simpl. now apply eqbl_spec. Qed.
Definition dl (p q : entry) : R := if eqbe p q then 1 else 0.
Lemma dl_same p : dl p p = 1.
Proof. unfold dl. now rewrite (proj2 (eqbe_spec p p)). Qed.
Lemma dl_diff p q : p <> q -> dl p q = 0.
Proof. unfold dl; destruct (eqbe p q) eqn:E; auto. apply eqbe_spec in E; easy. Qed.
Lemma eq_dec_e (p q : entry) : {p = q} + {p <> q}.
Proof. destruct (eqbe p q) eqn:E; [left; now apply eqbe_spec|right; intros ->]. rewrite (proj2 (eqbe_spec q q)) in E; easy. Qed.

(* the partial derivatives of f at one point, which is all that a network needs of them *)
Definition differentiable_at s (f : array -> R) (f' : list Z -> array -> R) (x : array) := forall (c : R -> array) c' t,
  within s (c t) = x -> (forall k, has s k = true -> is_derive (fun y => c y k) t (c' k)) ->
  is_derive (fun y => f (within s (c y))) t (sumS s (fun k => f' k x * c' k)).
Lemma differentiable_everywhere s f f' x : differentiable s f f' -> differentiable_at s f f' x.
Proof. intros H c c' t <-. apply H. Qed.

(* all functions have the slopes they are said to have, at the points where they are used *)
Fixpoint ok (I : interp) e : Prop := match e with
| Num _ | Var _ => True
| Add a b | Mul a b => ok I a /\ ok I b
| Inv a => ok I a /\ eval I a <> 0
| Fn f f' a => ok I a /\ is_derive f (eval I a) (f' (eval I a))
| App f f' s x => (forall k, has s k = true -> ok I (x k)) /\ differentiable_at s f f' (within s (fun k => eval I (x k)))
| Sum lo hi b => forall z, (lo <= z <= hi)%Z -> ok I (b z) end.
Definition smooth N I := forall p e, lookN N p = Some e -> ok I e.

(* ---- tangents: the derivative of an expression when the entries p change at the rates X p ---- *)
Fixpoint tangent (I X : interp) e : R := match e with
| Num _ => 0 | Var p => X p
| Add a b => tangent I X a + tangent I X b
| Mul a b => tangent I X a * eval I b + eval I a * tangent I X b
| Inv a => - (tangent I X a * (/ eval I a * / eval I a))
| Fn _ f' a => f' (eval I a) * tangent I X a
| App _ f' s x => sumS s (fun k => f' k (within s (fun k => eval I (x k))) * tangent I X (x k))
| Sum lo hi b => sumZ lo hi (fun z => tangent I X (b z)) end.
Fixpoint occ (q : entry) e : Prop := match e with
| Num _ => False | Var p => p = q
| Add a b | Mul a b => occ q a \/ occ q b
| Inv a | Fn _ _ a => occ q a
| App _ _ s x => exists k, has s k = true /\ occ q (x k)
| Sum lo hi b => exists z, (lo <= z <= hi)%Z /\ occ q (b z) end.

Lemma eval_ext I J e : (forall q, occ q e -> I q = J q) -> eval I e = eval J e.
Proof. induction e; simpl; intros K; auto.
  - now rewrite IHe1, IHe2 by auto. - now rewrite IHe1, IHe2 by auto. - now rewrite IHe by auto. - now rewrite IHe by auto.
  - f_equal; apply within_ext; intros k Hk; apply H; intros; apply K; eauto.
  - apply sumZ_ext; intros z Hz; apply H; intros; apply K; eauto. Qed.
Lemma tan_ext I X Y e : (forall q, occ q e -> X q = Y q) -> tangent I X e = tangent I Y e.
Proof. induction e; simpl; intros K; auto.
  - now rewrite IHe1, IHe2 by auto. - now rewrite IHe1, IHe2 by auto. - now rewrite IHe by auto. - now rewrite IHe by auto.
  - apply sumS_ext; intros k Hk; f_equal; apply H; intros; apply K; eauto.
  - apply sumZ_ext; intros z Hz; apply H; intros; apply K; eauto. Qed.
Lemma tan_lin I X Y c e : tangent I (fun p => X p + Y p * c) e = tangent I X e + tangent I Y e * c.
Proof. induction e; simpl; rewrite ?IHe1, ?IHe2, ?IHe; try ring.
  - rewrite <- sumS_scalr, <- sumS_plus. apply sumS_ext; intros k Hk; rewrite H; ring.
  - rewrite <- sumZ_scalr, <- sumZ_plus. apply sumZ_ext; intros; apply H. Qed.
Lemma tan_zero I e : tangent I (fun _ => 0) e = 0.
Proof. induction e; simpl; rewrite ?IHe1, ?IHe2, ?IHe; try ring.
  - apply sumS_zero; intros k Hk; rewrite H; ring.
  - apply sumZ_zero'; intros; apply H. Qed.
Lemma tan_plus I X Y e : tangent I (fun p => X p + Y p) e = tangent I X e + tangent I Y e.
Proof. rewrite <- (Rmult_1_r (tangent I Y e)), <- tan_lin. apply tan_ext; intros; ring. Qed.
Lemma tan_scalr I Y c e : tangent I (fun p => Y p * c) e = tangent I Y e * c.
Proof. rewrite <- (Rplus_0_l (tangent I Y e * c)), <- (tan_zero I e), <- tan_lin. apply tan_ext; intros; ring. Qed.
Lemma tan_sumZ I lo hi X e : tangent I (fun p => sumZ lo hi (fun z => X z p)) e = sumZ lo hi (fun z => tangent I (X z) e).
Proof. unfold sumZ; induction (Z.to_nat _); simpl; [apply tan_zero|]. now rewrite tan_plus, IHn. Qed.

Lemma is_derive_sumZ lo hi (f : Z -> R -> R) x d : (forall z, (lo <= z <= hi)%Z -> is_derive (f z) x (d z)) ->
  is_derive (fun y => sumZ lo hi (fun z => f z y)) x (sumZ lo hi d).
Proof.
  intros H. unfold sumZ. assert (K : forall z, (lo <= z < lo + Z.of_nat (Z.to_nat (hi-lo+1)))%Z -> is_derive (f z) x (d z)) by (intros; apply H; lia).
  revert K; generalize (Z.to_nat (hi-lo+1)); clear H; induction n; simpl; intros K.
  - apply is_derive_Reals, derivable_pt_lim_const.
  - apply (is_derive_plus (fun y => sumN n lo (fun z => f z y)) (f (lo + Z.of_nat n)%Z)).
    + apply IHn; intros; apply K; lia. + apply K; lia.
Qed.
Theorem tan_sound e (J : R -> interp) x X : (forall q, occ q e -> is_derive (fun y => J y q) x (X q)) ->
  ok (J x) e -> is_derive (fun y => eval (J y) e) x (tangent (J x) X e).
Proof.
  induction e; simpl; intros K O.
  - apply is_derive_Reals, derivable_pt_lim_const.
  - auto.
  - apply (is_derive_plus (fun y => eval (J y) e1) (fun y => eval (J y) e2)); [apply IHe1|apply IHe2];
      try apply O; intros q Hq; apply K; auto.
  - apply (is_derive_mult (fun y => eval (J y) e1) (fun y => eval (J y) e2));
      [apply IHe1|apply IHe2|intros; apply Rmult_comm]; try apply O; intros q Hq; apply K; auto.
  - destruct O as [O1 O2].
    replace (- (tangent (J x) X e * (/ eval (J x) e * / eval (J x) e))) with (- tangent (J x) X e / (eval (J x) e)^2)
      by (field; auto).
    apply (is_derive_inv (fun y => eval (J y) e)); auto.
  - destruct O as [O1 O2]. rewrite Rmult_comm. apply (is_derive_comp f (fun y => eval (J y) e)); auto.
  - destruct O as [O1 O2].
    apply (O2 (fun y k => eval (J y) (x0 k)) (fun k => tangent (J x) X (x0 k))); [reflexivity|].
    intros k Hk. apply H; auto. intros q Hq; apply K; eauto.
  - apply (is_derive_sumZ lo hi (fun z y => eval (J y) (body z))). intros z Hz. apply H; auto.
    intros q Hq; apply K; eauto.
Qed.

(* ---- sums over all defined entries ---- *)
Fixpoint sumT (t : tele) (F : list Z -> expr -> R) : R := match t with Body e => F [] e
| Bind lo hi f => sumZ lo hi (fun z => sumT (f z) (fun r e => F (z :: r) e)) end.
Fixpoint sumNet (N : net) (F : entry -> expr -> R) : R := match N with [] => 0
| (x, t) :: r => sumT t (fun idx e => F (x, idx) e) + sumNet r F end.
Fixpoint disj (N : net) : Prop := match N with [] => True
| (x, t) :: r => (forall idx e, look t idx = Some e -> lookN r (x, idx) = None) /\ disj r end.

Lemma sumT_ext t F G : (forall i e, F i e = G i e) -> sumT t F = sumT t G.
Proof. revert F G; induction t; simpl; intros F G K; auto. apply sumZ_ext; intros; apply H; auto. Qed.
Lemma sumT_lin t F G c : sumT t (fun i e => F i e + c * G i e) = sumT t F + c * sumT t G.
Proof. revert F G; induction t; simpl; intros F G; auto. rewrite <- sumZ_scal, <- sumZ_plus.
  apply sumZ_ext; intros; apply (H z). Qed.
Lemma sumT_zero t F : (forall i e, F i e = 0) -> sumT t F = 0.
Proof. revert F; induction t; simpl; intros F K; auto. apply sumZ_zero'; intros; apply H; auto. Qed.
Lemma sumT_delta t u G : sumT t (fun i e => (if eqbl u i then 1 else 0) * G e) =
  match look t u with Some e => G e | None => 0 end.
Proof. revert u; induction t; intros u; simpl.
  - destruct u; simpl; ring.
  - destruct u as [|z0 r]; simpl.
    + apply sumZ_zero'; intros; apply sumT_zero; intros; ring.
    + destruct (Z.leb_spec lo z0); simpl; [destruct (Z.leb_spec z0 hi)|]; simpl.
      * rewrite (sumZ_delta lo hi _ z0); [|lia|].
        { rewrite <- H. apply sumT_ext; intros; now rewrite Z.eqb_refl. }
        intros z Hz Ne. apply sumT_zero; intros. destruct (Z.eqb_spec z0 z); [congruence|simpl; ring].
      * apply sumZ_zero'; intros; apply sumT_zero; intros. destruct (Z.eqb_spec z0 z); [lia|simpl; ring].
      * apply sumZ_zero'; intros; apply sumT_zero; intros. destruct (Z.eqb_spec z0 z); [lia|simpl; ring].
Qed.
Lemma sumNet_ext N F G : (forall p e, F p e = G p e) -> sumNet N F = sumNet N G.
Proof. intros K; induction N as [|[x t] r]; simpl; auto. f_equal; auto using sumT_ext. Qed.
Lemma sumNet_lin N F G c : sumNet N (fun i e => F i e + c * G i e) = sumNet N F + c * sumNet N G.
Proof. induction N as [|[x t] r]; simpl; [ring|]. rewrite IHr.
  rewrite (sumT_lin t (fun i e => F (x,i) e) (fun i e => G (x,i) e)). ring. Qed.
Lemma sumNet_delta N u G : disj N -> sumNet N (fun w e => dl u w * G e) =
  match lookN N u with Some e => G e | None => 0 end.
Proof. induction N as [|[x t] r]; simpl; auto. intros [D1 D2]. rewrite IHr by auto.
  unfold dl, eqbe; simpl. destruct (String.eqb_spec x (fst u)) as [->|Nx].
  - rewrite String.eqb_refl; simpl. rewrite sumT_delta. destruct (look t (snd u)) eqn:L.
    + apply D1 in L. destruct u; simpl in *. rewrite L. ring.
    + ring.
  - rewrite sumT_zero; [ring|]. intros. destruct (String.eqb_spec (fst u) x); [congruence|simpl; ring].
Qed.
Lemma tan_sumT I t (X : list Z -> expr -> interp) e : tangent I (fun p => sumT t (fun i b => X i b p)) e = sumT t (fun i b => tangent I (X i b) e).
Proof. revert X; induction t; simpl; intros X; auto. rewrite tan_sumZ. apply sumZ_ext; intros; apply (H z (fun r b => X (z :: r) b)). Qed.
Lemma tan_sumNet I N (X : entry -> expr -> interp) e : tangent I (fun p => sumNet N (fun w b => X w b p)) e = sumNet N (fun w b => tangent I (X w b) e).
Proof. induction N as [|[x t] r]; simpl; [apply tan_zero|]. rewrite tan_plus, IHr. f_equal. apply (tan_sumT I t (fun i b => X (x,i) b)). Qed.

(* ---- the network ---- *)
Section Network.
Variables (N : net) (rk : entry -> nat) (I : interp).
Definition ranked := forall p e q, lookN N p = Some e -> occ q e -> (rk q < rk p)%nat.
Hypotheses (WF : ranked) (DJ : disj N).

Fixpoint T (m : nat) (u v : entry) : R := match m with O => 0 | S k => dl u v +
  match lookN N u with Some e => tangent I (fun p => T k p v) e | None => 0 end end.
Definition D u v := T (S (rk u)) u v.
Lemma T_stable m u v : (rk u < m)%nat -> T m u v = D u v.
Proof.
  unfold D. assert (G : forall r m1 m2 u, (rk u <= r)%nat -> (rk u < m1)%nat -> (rk u < m2)%nat -> T m1 u v = T m2 u v).
  { induction r; intros [|m1] [|m2] w Hr H1 H2; try lia; simpl; f_equal;
    destruct (lookN N w) eqn:L; auto; apply tan_ext; intros q Hq; assert (Q := WF _ _ _ L Hq); try lia. apply IHr; lia. }
  intros; apply (G (rk u)); lia.
Qed.
Lemma D_forward u v : D u v = dl u v + match lookN N u with Some e => tangent I (fun p => D p v) e | None => 0 end.
Proof. unfold D at 1; simpl. f_equal. destruct (lookN N u) eqn:L; auto. apply tan_ext; intros q Hq.
  apply T_stable. apply (WF _ _ _ L Hq). Qed.
Lemma D_below u v : (rk u < rk v)%nat -> D u v = 0.
Proof. remember (rk u) as r eqn:E. assert (Q : (rk u <= r)%nat) by lia. clear E. revert u Q; induction r as [r IH] using lt_wf_ind.
  intros u Q H. rewrite D_forward, dl_diff by (intros ->; lia). destruct (lookN N u) eqn:L; [|ring].
  rewrite (tan_ext I _ (fun _ => 0)), tan_zero; [ring|]. intros q Hq. assert (P := WF _ _ _ L Hq).
  apply (IH (rk q)); lia. Qed.
Lemma D_self v : D v v = 1.
Proof. rewrite D_forward, dl_same. destruct (lookN N v) eqn:L; [|ring].
  rewrite (tan_ext I _ (fun _ => 0)), tan_zero; [ring|]. intros q Hq. apply D_below, (WF _ _ _ L Hq). Qed.
Lemma D_level u v : (rk u <= rk v)%nat -> D u v = dl u v.
Proof. intros H. destruct (eq_dec_e u v) as [->|E]; [now rewrite D_self, dl_same|].
  rewrite D_forward. destruct (lookN N u) eqn:L; [|ring]. rewrite (tan_ext I _ (fun _ => 0)), tan_zero; [ring|].
  intros q Hq. assert (P := WF _ _ _ L Hq). apply D_below; lia. Qed.
Lemma D_defined u v e : lookN N u = Some e -> D u v = dl u v + tangent I (fun p => D p v) e.
Proof. intros H. now rewrite D_forward, H. Qed.
Lemma D_leaf u v : lookN N u = None -> D u v = dl u v.
Proof. intros H. rewrite D_forward, H. ring. Qed.

(* the rule of the search, loss downwards: dU/dv = [U=v] + sum over direct dependents w of dU/dw * dw/dv *)
Theorem D_backward u v : D u v = dl u v + sumNet N (fun w e => D u w * tangent I (fun p => dl p v) e).
Proof.
  remember (rk u) as r eqn:E. assert (Q : (rk u <= r)%nat) by lia. clear E. revert u Q; induction r as [r IH] using lt_wf_ind. intros u Q.
  assert (S1 : forall w, D u w = dl u w + match lookN N u with Some e => tangent I (fun p => D p w) e | None => 0 end) by (intros; apply D_forward).
  rewrite S1. f_equal. destruct (lookN N u) as [e|] eqn:L.
  - rewrite (tan_ext I _ (fun p => dl p v + sumNet N (fun w b => D p w * tangent I (fun p => dl p v) b))).
    2:{ intros q Hq. assert (P := WF _ _ _ L Hq). apply (IH (rk q)); lia. }
    rewrite tan_plus.
    rewrite (tan_sumNet I N (fun w b p => D p w * tangent I (fun p => dl p v) b)).
    rewrite (sumNet_ext N _ (fun w b => D u w * tangent I (fun p => dl p v) b + -1 * (dl u w * tangent I (fun p => dl p v) b))).
    2:{ intros. rewrite (S1 p), tan_scalr. ring. }
    rewrite sumNet_lin, (sumNet_delta N u (tangent I (fun p => dl p v))), L by auto. ring.
  - rewrite (sumNet_ext N _ (fun w b => dl u w * tangent I (fun p => dl p v) b)) by (intros; rewrite S1; ring).
    rewrite (sumNet_delta N u (tangent I (fun p => dl p v))), L by auto. ring.
Qed.

(* forward passes with one entry set by hand exist and are unique *)
Fixpoint val (v : entry) (x : R) (m : nat) (p : entry) : R := match m with O => 0 | S k =>
  if eqbe p v then x else match lookN N p with Some e => eval (val v x k) e | None => I p end end.
Lemma run_exists v x : run N I v x (fun p => val v x (S (rk p)) p).
Proof.
  assert (G : forall r m1 m2 u, (rk u <= r)%nat -> (rk u < m1)%nat -> (rk u < m2)%nat -> val v x m1 u = val v x m2 u).
  { induction r; intros [|m1] [|m2] w Hr H1 H2; try lia; simpl; destruct (eqbe w v); auto;
    destruct (lookN N w) eqn:L; auto; apply eval_ext; intros q Hq; assert (Q := WF _ _ _ L Hq); try lia. apply IHr; lia. }
  split.
  - simpl. now rewrite (proj2 (eqbe_spec v v)).
  - intros p Np. simpl. destruct (eqbe p v) eqn:E; [apply eqbe_spec in E; easy|]. destruct (lookN N p) eqn:L; auto.
    apply eval_ext; intros q Hq. assert (Q := WF _ _ _ L Hq). apply (G (rk q) (rk p) (S (rk q)) q); lia.
Qed.
Lemma run_unique v x J1 J2 : run N I v x J1 -> run N I v x J2 -> J1 = J2.
Proof.
  intros [A1 A2] [B1 B2]. apply functional_extensionality; intros u.
  remember (rk u) as r eqn:E. assert (Q : (rk u <= r)%nat) by lia. clear E. revert u Q; induction r as [r IH] using lt_wf_ind. intros u Q.
  destruct (eq_dec_e u v) as [->|Ne]; [congruence|]. rewrite A2, B2 by auto. destruct (lookN N u) eqn:L; auto.
  apply eval_ext; intros q Hq. assert (P := WF _ _ _ L Hq). apply (IH (rk q)); lia.
Qed.
(* a forward pass exists for all values of the leaves *)
Fixpoint pass (m : nat) (p : entry) : R := match m with O => 0 | S k =>
  match lookN N p with Some e => eval (pass k) e | None => I p end end.
Theorem pass_exists : exists J, sat N J /\ forall p, lookN N p = None -> J p = I p.
Proof.
  assert (G : forall r m1 m2 u, (rk u <= r)%nat -> (rk u < m1)%nat -> (rk u < m2)%nat -> pass m1 u = pass m2 u).
  { induction r; intros [|m1] [|m2] w Hr H1 H2; try lia; simpl; destruct (lookN N w) eqn:L; auto;
    apply eval_ext; intros q Hq; assert (Q := WF _ _ _ L Hq); try lia. apply IHr; lia. }
  exists (fun p => pass (S (rk p)) p). split; intros p; simpl; [intros e L|intros L]; rewrite L; auto.
  apply eval_ext; intros q Hq. assert (Q := WF _ _ _ L Hq). apply (G (rk q) (rk p) (S (rk q)) q); lia.
Qed.
Hypotheses (ST : sat N I) (SM : smooth N I).
Lemma run_base v : run N I v (I v) I.
Proof. split; auto. intros p _. destruct (lookN N p) eqn:L; auto. Qed.

(* D u v IS the partial derivative *)
Theorem D_is_pd u v : pd N I u v (D u v).
Proof.
  split. { exists (fun x p => val v x (S (rk p)) p). intros; apply run_exists. }
  intros J HJ. assert (B : J (I v) = I) by (apply (run_unique v (I v)); auto using run_base).
  remember (rk u) as r eqn:E. assert (Q : (rk u <= r)%nat) by lia. clear E. revert u Q; induction r as [r IH] using lt_wf_ind. intros u Q.
  destruct (eq_dec_e u v) as [->|Ne].
  - rewrite D_self. apply (is_derive_ext (fun x => x)); [intros t; symmetry; apply HJ|]. apply is_derive_Reals, derivable_pt_lim_id.
  - rewrite D_forward, dl_diff by auto. destruct (lookN N u) as [e|] eqn:L.
    + apply (is_derive_ext (fun x => eval (J x) e)). { intros t. destruct (HJ t) as [_ H]. rewrite (H u Ne), L; auto. }
      rewrite Rplus_0_l. rewrite <- B at 2. apply tan_sound.
      * intros q Hq. assert (P := WF _ _ _ L Hq). apply (IH (rk q)); lia.
      * rewrite B. apply (SM _ _ L).
    + apply (is_derive_ext (fun x => I u)). { intros t. destruct (HJ t) as [_ H]. rewrite (H u Ne), L; auto. }
      rewrite Rplus_0_l. apply is_derive_Reals, derivable_pt_lim_const.
Qed.
(* ... and so it is for an expression instead of an entry *)
Theorem D_expr e v J : ok I e -> (forall x, run N I v x (J x)) -> is_derive (fun x => eval (J x) e) (I v) (tangent I (fun p => D p v) e).
Proof. intros O HJ. assert (B : J (I v) = I) by (apply (run_unique v (I v)); auto using run_base).
  rewrite <- B at 2. apply tan_sound; [|now rewrite B]. intros q _. apply D_is_pd, HJ. Qed.
End Network.

(* there is one partial derivative only *)
Theorem pd_unique N I u v d d' : pd N I u v d -> pd N I u v d' -> d = d'.
Proof. intros [[J HJ] H] [_ H']. rewrite <- (is_derive_unique _ _ _ (H J HJ)). apply is_derive_unique, H', HJ. Qed.
