"""The text that every exported file begins with: imports, lemmas about exponentials and derivatives, tactics.

A file holds only the lemmas that its proofs name. All are proved from Coq's standard library and Coquelicot; none is
assumed. `erf` is defined by its integral.
"""

from __future__ import annotations

import re

__all__ = ["prelude"]

HEAD = """\
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.
"""
INTERVAL = "From Interval Require Import Tactic.\n"

EXPONENTIALS = """\
Lemma exp_mul_nat : forall (n : nat) (u : R), exp (INR n * u) = exp u ^ n.
Proof.
  induction n as [|n IH]; intros u.
  - simpl. rewrite Rmult_0_l. apply exp_0.
  - rewrite S_INR. replace ((INR n + 1) * u) with (u + INR n * u) by ring.
    rewrite exp_plus, IH. simpl. ring.
Qed.


Lemma exp_ln_plus : forall u v : R, 0 < u -> exp (ln u + v) = u * exp v.
Proof. intros u v H. rewrite exp_plus, exp_ln by exact H. reflexivity. Qed.
"""

SIDES = """\
Lemma sqrt_squared : forall u : R, 0 <= u -> sqrt u ^ 2 = u.
Proof. intros u H. rewrite <- Rsqr_pow2. apply Rsqr_sqrt. exact H. Qed.

Lemma sin_squared : forall u : R, sin u ^ 2 = 1 - cos u ^ 2.
Proof. intros u. rewrite <- !Rsqr_pow2. pose proof (sin2_cos2 u). lra. Qed.

Lemma sqrt_scaled : forall u v k : R, 0 <= k -> 0 <= v -> u = k ^ 2 * v -> sqrt u = k * sqrt v.
Proof. intros u v k K V E. rewrite E, sqrt_mult, sqrt_pow2 by (try apply pow2_ge_0; assumption). reflexivity. Qed.

Lemma exp_sign : forall u : R, u < 0 /\\ exp u < 1 \\/ u = 0 /\\ exp u = 1 \\/ 0 < u /\\ 1 < exp u.
Proof.
  intros u. destruct (Rtotal_order u 0) as [H | [H | H]]; [left | right; left | right; right]; split; try lra.
  - rewrite <- exp_0. apply exp_increasing. exact H.
  - rewrite H. apply exp_0.
  - rewrite <- exp_0. apply exp_increasing. exact H.
Qed.

Lemma sinh_nonzero : forall u : R, u <> 0 -> sinh u <> 0.
Proof.
  intros u H. unfold sinh. destruct (Rtotal_order u (- u)) as [K | [K | K]]; [| lra |];
  apply exp_increasing in K; lra.
Qed.

Lemma tanh_positive : forall u : R, 0 < u -> 0 < tanh u.
Proof.
  intros u H. pose proof (exp_pos u). pose proof (exp_pos (- u)). unfold tanh, sinh, cosh.
  apply Rdiv_lt_0_compat; [| lra]. assert (exp (- u) < exp u) by (apply exp_increasing; lra). lra.
Qed.

Lemma one_minus_inverse : forall b : R, 1 < b -> 0 < 1 + - / b.
Proof. intros b H. assert (/ b < / 1) by (apply Rinv_lt_contravar; lra). rewrite Rinv_1 in *. lra. Qed.

Lemma negative_quotient : forall a b : R, a < 0 -> 0 < b -> a / b < 0.
Proof. intros a b H K. unfold Rdiv. apply Rinv_0_lt_compat in K. nra. Qed.

Lemma negative_product : forall a b : R, a < 0 -> 0 < b -> a * b < 0.
Proof. intros. nra. Qed.

Lemma exp_least : forall u : R, 0 <= u -> 0 <= (- 1) + exp u.
Proof. intros u H. assert (K := exp_ineq1_le u). lra. Qed.

Lemma exp_above : forall u : R, 0 < u -> 0 < (- 1) + exp u.
Proof. intros u H. assert (K := exp_ineq1_le u). lra. Qed.

Lemma exp_below : forall u : R, u < 0 -> (- 1) + exp u < 0.
Proof. intros u H. assert (K := exp_increasing u 0 H). rewrite exp_0 in K. lra. Qed.

Ltac compare_exp :=
  repeat match goal with
  | H : context [exp ?u] |- _ => let v := fresh "v" in
      assert (1 + u <= exp u) by apply exp_ineq1_le; assert (0 < exp u) by apply exp_pos;
      destruct (exp_sign u) as [[? ?] | [[? ?] | [? ?]]]; set (v := exp u) in *; clearbody v
  | |- context [exp ?u] => let v := fresh "v" in
      assert (1 + u <= exp u) by apply exp_ineq1_le; assert (0 < exp u) by apply exp_pos;
      destruct (exp_sign u) as [[? ?] | [[? ?] | [? ?]]]; set (v := exp u) in *; clearbody v
  end; try lra.
Ltac positive :=
  repeat first
    [ assumption | apply exp_pos | apply pow_lt | apply Rinv_0_lt_compat | apply Rdiv_lt_0_compat
    | apply Rmult_lt_0_compat | apply Rplus_lt_0_compat | lra ].
Ltac above :=
  match goal with
  | |- 0 < _ => assumption
  | |- 0 < exp _ => apply exp_pos
  | |- 0 < sin _ => apply sin_gt_0; pose proof PI2_3_2; lra
  | |- 0 < cos _ => apply cos_gt_0; lra
  | |- 0 < PI => apply PI_RGT_0
  | |- 0 < sqrt _ => apply sqrt_lt_R0; above
  | |- 0 < _ * _ => apply Rmult_lt_0_compat; above
  | |- 0 < _ / _ => apply Rdiv_lt_0_compat; above
  | |- 0 < / _ => apply Rinv_0_lt_compat; above
  | |- 0 < _ ^ _ => apply pow_lt; above
  | |- 0 < (- 1) + exp _ => apply exp_above; above
  | |- 0 < _ + _ => apply Rplus_lt_le_0_compat; [above | least]
  | |- 0 < _ + _ => apply Rplus_le_lt_0_compat; [least | above]
  | |- 0 < ln _ => rewrite <- ln_1; apply ln_increasing; first [lra | solve [compare_exp]]
  | |- 0 < tanh _ => apply tanh_positive; above
  | |- 0 < 1 + - / _ => apply one_minus_inverse; first [lra | solve [compare_exp]]
  | |- 0 < _ => solve [lra | nra]
  | |- 0 < _ => solve [compare_exp]
  end
with least :=
  match goal with
  | |- 0 <= _ => assumption
  | |- 0 <= _ ^ 2 => apply pow2_ge_0
  | |- 0 <= sqrt _ => apply sqrt_pos
  | |- 0 <= Rabs _ => apply Rabs_pos
  | |- 0 <= _ * _ => apply Rmult_le_pos; least
  | |- 0 <= _ / _ => apply Rmult_le_pos; [least | apply Rlt_le, Rinv_0_lt_compat; above]
  | |- 0 <= (- 1) + exp _ => apply exp_least; least
  | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; least
  | |- 0 <= _ ^ _ => apply pow_le; least
  | |- 0 <= _ => solve [apply Rlt_le; above]
  | |- 0 <= _ => solve [lra | nra]
  end.
Ltac below :=
  match goal with
  | |- _ / _ < 0 => apply negative_quotient; [below | above]
  | |- _ * _ < 0 => apply negative_product; [below | above]
  | |- ?a * _ < 0 => rewrite (Rmult_comm a); apply negative_product; [below | above]
  | |- (- 1) + exp _ < 0 => apply exp_below; below
  | |- _ < 0 => solve [lra | nra]
  end.
Ltac nonzero :=
  match goal with
  | |- _ * _ <> 0 => apply Rmult_integral_contrapositive_currified; nonzero
  | |- _ ^ _ <> 0 => apply pow_nonzero; nonzero
  | |- / _ <> 0 => apply Rinv_neq_0_compat; nonzero
  | |- _ <> 0 => first [assumption | apply not_eq_sym; assumption]
  | |- _ <> 0 => apply Rgt_not_eq; unfold Rgt; above
  | |- _ <> 0 => apply Rlt_not_eq; apply Ropp_lt_cancel; rewrite Ropp_0; above
  | |- _ <> 0 => apply Rlt_not_eq; solve [lra | nra]
  | |- _ <> 0 => lra
  | |- _ <> 0 => solve [compare_exp]
  | Z : ?d <> 0 |- ?p <> 0 => let E := fresh in
      intros E; apply Z; field_simplify_eq; [first [lra | nra] | repeat split; apply Rgt_not_eq; assumption ..]
  end.
Ltac side := repeat split; try assumption; try lra; try (apply Rgt_not_eq; unfold Rgt; solve [positive | nra]);
  try (apply Rlt_not_eq; nra); try nra; try solve [positive]; try solve [above]; try solve [least]; try solve [nonzero].
Ltac between B :=
  try (rewrite Rmin_left in B by lra; rewrite Rmax_right in B by lra).
Ltac alike :=
  repeat match goal with
  | |- context [exp ?u] => match goal with |- context [exp ?v] =>
      lazymatch u with v => fail | _ => replace (exp u) with (exp v) by (f_equal; field; side) end end
  end.
Ltac same := first [reflexivity | solve [lra] | solve [ring] | f_equal; same].
Ltac decided :=
  try unfold Rmax, Rmin, Rabs in *;
  repeat match goal with
  | |- context [Rcase_abs ?a] => destruct (Rcase_abs a)
  | H : context [Rcase_abs ?a] |- _ => destruct (Rcase_abs a)
  | |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b)
  | H : context [Rle_dec ?a ?b] |- _ => destruct (Rle_dec a b)
  | |- context [Rlt_dec ?a ?b] => destruct (Rlt_dec a b)
  | H : context [Rlt_dec ?a ?b] |- _ => destruct (Rlt_dec a b)
  | |- context [Req_EM_T ?a ?b] => destruct (Req_EM_T a b)
  end;
  try reflexivity; try lra; try solve [exfalso; lra]; try solve [ring]; try solve [field; lra];
  try match goal with
  | H : 0 <= ?a |- _ => solve [exfalso; apply (Rle_not_lt a 0 H); below]
  | H : ~ 0 <= ?a |- _ => solve [exfalso; apply H; least]
  | H : sin _ < 0 |- _ => solve [exfalso; apply (Rlt_not_le _ _ H); least]
  | H : cos _ < 0 |- _ => solve [exfalso; apply (Rlt_not_le _ _ H); least]
  | H : 1 <= exp ?a |- _ => solve [exfalso; assert (K : (- 1) + exp a < 0) by (apply exp_below; below); lra]
  | H : ~ 1 <= exp ?a |- _ => solve [exfalso; assert (K : 0 <= (- 1) + exp a) by (apply exp_least; least); lra]
  end;
  try solve [alike; field; side];
  try solve [exfalso; compare_exp]; try solve [exfalso; nra];
  rewrite ?Rplus_0_r, ?Rplus_0_l, ?Rmult_0_r, ?Rmult_0_l, ?Ropp_0, ?ln_1, ?exp_0; try lra;
  try solve [f_equal; lra]; try solve [field; side]; try solve [f_equal; field; side]; try solve [same].
"""

DERIVATIVES: dict[str, str] = {
    "D_equal": """\
Lemma D_equal : forall (f : R -> R) (x a b : R), is_derive f x a -> a = b -> is_derive f x b.
Proof. intros f x a b H E. rewrite <- E. exact H. Qed.
""",
    "D_const": """\
Lemma D_const : forall c x : R, is_derive (fun _ : R => c) x 0.
Proof. intros. apply (is_derive_const (K := R_AbsRing) (V := R_NormedModule) c x). Qed.
""",
    "D_id": """\
Lemma D_id : forall x : R, is_derive (fun y : R => y) x 1.
Proof. intros. apply (is_derive_id (K := R_AbsRing) x). Qed.
""",
    "D_add": """\
Lemma D_add : forall (u v : R -> R) (x a b : R),
  is_derive u x a -> is_derive v x b -> is_derive (fun y => u y + v y) x (a + b).
Proof. intros u v x a b H K. apply (is_derive_plus (V := R_NormedModule) u v x a b H K). Qed.
""",
    "D_opp": """\
Lemma D_opp : forall (u : R -> R) (x a : R), is_derive u x a -> is_derive (fun y => - u y) x (- a).
Proof. intros u x a H. apply (is_derive_opp (V := R_NormedModule) u x a H). Qed.
""",
    "D_mul": """\
Lemma D_mul : forall (u v : R -> R) (x a b : R),
  is_derive u x a -> is_derive v x b -> is_derive (fun y => u y * v y) x (a * v x + u x * b).
Proof. intros u v x a b H K. apply (is_derive_mult u v x a b H K). intros n m. apply Rmult_comm. Qed.
""",
    "D_comp": """\
Lemma D_comp : forall (f u : R -> R) (x a b : R),
  is_derive f (u x) b -> is_derive u x a -> is_derive (fun y => f (u y)) x (b * a).
Proof.
  intros f u x a b H K. replace (b * a) with (scal a b) by (unfold scal; simpl; unfold mult; simpl; ring).
  apply (is_derive_comp f u x b a H K).
Qed.
""",
    "D_inv": """\
Lemma D_inv : forall (u : R -> R) (x a : R),
  is_derive u x a -> u x <> 0 -> is_derive (fun y => / u y) x (- a / u x ^ 2).
Proof. intros u x a H N. apply (is_derive_inv u x a H N). Qed.
""",
    "D_div": """\
Lemma D_div : forall (u v : R -> R) (x a b : R),
  is_derive u x a -> is_derive v x b -> v x <> 0 -> is_derive (fun y => u y / v y) x ((a * v x - u x * b) / v x ^ 2).
Proof.
  intros u v x a b H K N.
  replace ((a * v x - u x * b) / v x ^ 2) with (a * / v x + u x * (- b / v x ^ 2)) by (field; exact N).
  apply (D_mul u (fun y => / v y) x a (- b / v x ^ 2) H (D_inv v x b K N)).
Qed.
""",
    "D_pow": """\
Lemma D_pow : forall (u : R -> R) (n : nat) (x a : R),
  is_derive u x a -> is_derive (fun y => u y ^ n) x (INR n * u x ^ pred n * a).
Proof.
  intros u n x a H. replace (INR n * u x ^ pred n * a) with (INR n * a * u x ^ pred n) by ring.
  apply (is_derive_pow u n x a H).
Qed.
""",
    "d_exp": """\
Lemma d_exp : forall y, is_derive exp y (exp y).
Proof. intros. auto_derive; [exact I | ring]. Qed.
""",
    "d_ln": """\
Lemma d_ln : forall y, 0 < y -> is_derive ln y (/ y).
Proof. intros. auto_derive; [assumption | ring]. Qed.
""",
    "d_sqrt": """\
Lemma d_sqrt : forall y, 0 < y -> is_derive sqrt y (/ (2 * sqrt y)).
Proof. intros. auto_derive; [assumption | field]. apply Rgt_not_eq. apply sqrt_lt_R0. assumption. Qed.
""",
    "d_sin": """\
Lemma d_sin : forall y, is_derive sin y (cos y).
Proof. intros. auto_derive; [exact I | ring]. Qed.
""",
    "d_cos": """\
Lemma d_cos : forall y, is_derive cos y (- sin y).
Proof. intros. auto_derive; [exact I | ring]. Qed.
""",
    "d_tan": """\
Lemma d_tan : forall y, cos y <> 0 -> is_derive tan y (1 + tan y ^ 2).
Proof.
  intros y N. unfold tan.
  replace (1 + (sin y / cos y) ^ 2) with ((cos y * cos y - sin y * - sin y) / cos y ^ 2) by (field; exact N).
  apply (D_div sin cos y (cos y) (- sin y) (d_sin y) (d_cos y) N).
Qed.
""",
    "d_atan": """\
Lemma d_atan : forall y, is_derive atan y (/ (1 + y ^ 2)).
Proof. intros. auto_derive; [exact I | ]. unfold Rsqr. field. nra. Qed.
""",
    "cosh_positive": """\
Lemma cosh_positive : forall y, 0 < cosh y.
Proof. intros. unfold cosh. pose proof (exp_pos y). pose proof (exp_pos (- y)). lra. Qed.
""",
    "d_sinh": """\
Lemma d_sinh : forall y, is_derive sinh y (cosh y).
Proof. intros. unfold sinh, cosh. auto_derive; [exact I | ]. field. Qed.
""",
    "d_cosh": """\
Lemma d_cosh : forall y, is_derive cosh y (sinh y).
Proof. intros. unfold sinh, cosh. auto_derive; [exact I | ]. field. Qed.
""",
    "d_tanh": """\
Lemma d_tanh : forall y, is_derive tanh y (1 - tanh y ^ 2).
Proof.
  intros. pose proof (cosh_positive y).
  unfold tanh.
  replace (1 - (sinh y / cosh y) ^ 2) with ((cosh y * cosh y - sinh y * sinh y) / cosh y ^ 2) by (field; lra).
  apply (D_div sinh cosh y (cosh y) (sinh y) (d_sinh y) (d_cosh y)). lra.
Qed.
""",
    "compare_tanh": """\
Lemma tanh_below : forall u : R, 0 < u -> tanh u < u.
Proof.
  intros u H. destruct (MVT_cor2 (fun t => t + - tanh t) (fun t => tanh t ^ 2) 0 u H) as [c [E [K _]]].
  - intros t _. apply is_derive_Reals. apply (D_equal _ t (1 + - (1 - tanh t ^ 2))); [| ring].
    apply (D_add (fun y => y) (fun y => - tanh y) t 1 _ (D_id t) (D_opp tanh t _ (d_tanh t))).
  - assert (Z : tanh 0 = 0) by (unfold tanh; rewrite sinh_0; field; rewrite cosh_0; lra).
    assert (P : 0 < tanh c ^ 2) by (apply pow_lt, tanh_positive; exact K). rewrite Z in E. nra.
Qed.

Lemma tanh_opposite : forall u : R, tanh (- u) = - tanh u.
Proof.
  intros u. pose proof (cosh_positive u) as C. unfold tanh, sinh, cosh in *. rewrite Ropp_involutive. field. lra.
Qed.

Lemma tanh_sign : forall u : R, u < tanh u < 0 \\/ u = 0 /\\ tanh u = 0 \\/ 0 < tanh u < u.
Proof.
  intros u. destruct (Rtotal_order u 0) as [H | [H | H]].
  - left. assert (P := tanh_positive (- u)). assert (B := tanh_below (- u)). rewrite tanh_opposite in *. lra.
  - right; left. rewrite H. assert (Z := tanh_opposite 0). rewrite Ropp_0 in Z. lra.
  - right; right. assert (P := tanh_positive u H). assert (B := tanh_below u H). lra.
Qed.

Ltac compare_tanh :=
  repeat match goal with
  | H : context [tanh ?u] |- _ => let v := fresh "v" in
      destruct (tanh_sign u) as [? | [[? ?] | ?]]; set (v := tanh u) in *; clearbody v
  | |- context [tanh ?u] => let v := fresh "v" in
      destruct (tanh_sign u) as [? | [[? ?] | ?]]; set (v := tanh u) in *; clearbody v
  end.
""",
    "d_arcsinh": """\
Lemma d_arcsinh : forall y, is_derive arcsinh y (/ sqrt (y ^ 2 + 1)).
Proof.
  intros y. apply is_derive_Reals. apply derivable_pt_lim_arcsinh.
Qed.
""",
    "erf": """\
Definition erf (x : R) : R := 2 / sqrt PI * RInt (fun t => exp (- t ^ 2)) 0 x.
""",
    "d_erf": """\
Lemma d_erf : forall y, is_derive erf y (2 / sqrt PI * exp (- y ^ 2)).
Proof.
  intros y. unfold erf.
  assert (C : forall z, continuous (fun t : R => exp (- t ^ 2)) z).
  { intros z. apply (ex_derive_continuous (fun t : R => exp (- t ^ 2))). auto_derive. exact I. }
  assert (I : is_derive (fun x => RInt (fun t => exp (- t ^ 2)) 0 x) y (exp (- y ^ 2))).
  { apply (is_derive_RInt (fun t => exp (- t ^ 2)) (fun x => RInt (fun t => exp (- t ^ 2)) 0 x) 0 y).
    - apply filter_forall. intros z. apply (RInt_correct (V := R_CompleteNormedModule)).
      apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros t _. apply C.
    - apply C. }
  replace (2 / sqrt PI * exp (- y ^ 2))
    with (0 * RInt (fun t => exp (- t ^ 2)) 0 y + 2 / sqrt PI * exp (- y ^ 2)) by ring.
  apply (D_mul (fun _ => 2 / sqrt PI) (fun x => RInt (fun t => exp (- t ^ 2)) 0 x) y 0 _ (D_const _ y) I).
Qed.
""",
    "erf_odd": """\
Lemma erf_odd : forall u v : R, u = - v -> erf u = - erf v.
Proof.
  intros u v H. rewrite H. clear H. unfold erf. set (f := fun t : R => exp (- t ^ 2)).
  assert (C : forall a b, is_RInt f a b (RInt f a b)).
  { intros a b. apply (RInt_correct (V := R_CompleteNormedModule)).
    apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros t _.
    apply (ex_derive_continuous f). unfold f. auto_derive. exact I. }
  assert (A := C (- 0) (- v)). apply (is_RInt_comp_opp (V := R_NormedModule)) in A.
  assert (B := is_RInt_opp (V := R_NormedModule) _ _ _ _ (C 0 v)).
  apply (is_RInt_unique (V := R_CompleteNormedModule)) in A, B. rewrite Ropp_0 in A.
  assert (E : RInt f 0 (- v) = - RInt f 0 v).
  { transitivity (RInt (fun y : R => opp (f (- y))) 0 v); [symmetry; exact A |].
    transitivity (RInt (fun y : R => opp (f y)) 0 v); [apply RInt_ext | exact B].
    intros t _. unfold f. do 2 f_equal. ring. }
  rewrite E. ring.
Qed.
""",
    "D_above": """\
Lemma D_above : forall (f g : R -> R) (lo x a : R),
  lo < x -> (forall y, lo < y -> g y = f y) -> is_derive g x a -> is_derive f x a.
Proof.
  intros f g lo x a H E D. apply (is_derive_ext_loc g f x a); [| exact D].
  generalize (open_gt lo x H). apply filter_imp. exact E.
Qed.
""",
    "D_below": """\
Lemma D_below : forall (f g : R -> R) (hi x a : R),
  x < hi -> (forall y, y < hi -> g y = f y) -> is_derive g x a -> is_derive f x a.
Proof.
  intros f g hi x a H E D. apply (is_derive_ext_loc g f x a); [| exact D].
  generalize (open_lt hi x H). apply filter_imp. exact E.
Qed.
""",
    "D_between": """\
Lemma D_between : forall (f g : R -> R) (lo hi x a : R),
  lo < x < hi -> (forall y, lo < y < hi -> g y = f y) -> is_derive g x a -> is_derive f x a.
Proof.
  intros f g lo hi x a [H K] E D. apply (is_derive_ext_loc g f x a); [| exact D].
  generalize (filter_and _ _ (open_gt lo x H) (open_lt hi x K)). apply filter_imp. exact E.
Qed.
""",
    "I_primitive": """\
Lemma I_primitive : forall (F f : R -> R) (a b v : R),
  (forall x, Rmin a b <= x <= Rmax a b -> is_derive F x (f x)) ->
  (forall x, Rmin a b <= x <= Rmax a b -> continuous f x) -> F b - F a = v -> is_RInt f a b v.
Proof. intros F f a b v D C E. rewrite <- E. apply (is_RInt_derive F f a b D C). Qed.
""",
}
"""Lemmas by name, in an order in which each uses only earlier ones."""


def prelude(body: str) -> str:
    """The text before the theorems: what the body names, and what that needs."""
    wanted: list[str] = []
    text = body
    for name, lemma in reversed(DERIVATIVES.items()):
        if re.search(rf"\b{name}\b", text):
            wanted.insert(0, lemma)
            text += lemma
    head = HEAD.replace("Open Scope", f"{INTERVAL}Open Scope", 1) if re.search(r"\binterval\b", body) else HEAD
    return "\n".join([head, EXPONENTIALS, SIDES, *wanted])
