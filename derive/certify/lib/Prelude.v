(* Prelude.v: what every certificate begins with. *)
From Coq Require Export Reals Lra Lia ZArith List String.
From Coquelicot Require Export Coquelicot.
From Derive Require Export Core Functions Tactics.
Export ListNotations.
Global Open Scope string_scope.
Global Open Scope list_scope.
Global Open Scope R_scope.
