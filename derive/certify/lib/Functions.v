(* Functions.v: the functions that statements name, each with the derivative it is said to have. *)
From Coq Require Import Reals Lra Lia ZArith List.
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
Lemma d_pow n x : is_derive (fun x => x ^ S n) x (INR (S n) * x ^ n).
Proof. auto_derive; auto. simpl; ring. Qed.
