"""The proof of a certificate, written down from the hints of the search. Nobody has to trust it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from derive.algebra.expr import Diff, Expr, Mul, Sum, Var
from derive.algebra.index import Index, Lin, fresh, lin
from derive.algebra.substitute import children, subs, walk
from derive.algebra.triangles import EXCHANGED, Move
from derive.certify.names import quoted
from derive.certify.ranks import rank, reached
from derive.certify.statement import ASSUMED, WHERE, Slope, Statement
from derive.proof.claim import Claim
from derive.proof.hints import Hints, Layers, Path, Split, Step, Telescoped
from derive.proof.prover import Prover, Situation


def proof_of(statement: Statement, hints: Hints | None, model: str = "") -> str:
    """Return the proof of a statement: a rank for the definitions, a `model` of what is assumed, and the steps that the
    search found."""
    return _Writer(statement).proof(hints if hints is not None else Path(), model)


@dataclass
class _Writer:
    statement: Statement

    @cached_property
    def apart(self) -> tuple[str, ...]:
        """The pairs of names that derivatives on the way may have, where no path leads from the second to the first."""
        claim, definitions = self.statement.claim, self.statement.definitions
        ends = [n for side in (claim.left, claim.right) for n in walk(side) if isinstance(n, Diff)]
        below = reached(definitions)
        tops = {self._upper(end).name for end in ends}
        leaves = {end.var.name for end in ends}
        inner = set().union(*(below.get(top, set()) for top in tops)) & below.keys()
        pairs = {(top, name) for top in tops for name in inner} | {(name, leaf) for name in inner for leaf in leaves}
        return tuple(f"({quoted(u)}, {quoted(v)})" for u, v in sorted(pairs) if u != v and v not in below.get(u, set()))

    def proof(self, hints: Hints, model: str) -> str:
        statement = self.statement
        ranks = rank(statement.definitions, statement.terms)
        sizes = [name for name in statement.parameters if name in self._sizes()]
        typed = "".join(f" ({name} : {self._sizes()[name]})" for name in sizes)
        given = [f"H{n}" for n in range(len(statement.hypotheses))]
        scope = [
            *(f"{statement.terms.index(index)} B{n}" for n, (index, _) in enumerate(statement.binders)),
            *(f"E{n}" for n in range(statement.existing)),
        ]
        lines = [
            f"Definition rank{typed} (p : entry) : nat :=",
            ranks + ".",
            *([model] if model else []),
            "Theorem certificate : statement.",
            "Proof.",
            f"  intros {' '.join([*statement.parameters, 'I', *given, 'Pass'])}.",
            f"  start {self._rank()}.",
            *(line for slope in statement.slopes for line in self._slope(slope)),
            *([f"  intros {' '.join(scope)}."] if scope else []),
            *(["  instances."] if any(h.why.startswith((WHERE, ASSUMED)) for h in statement.hypotheses) else []),
            *self._opening(),
            *self._tree(hints, Prover(statement.claim).situation, "  "),
            "Qed.",
        ]
        return "\n".join(lines) + "\n"

    def _sizes(self) -> dict[str, str]:
        terms = self.statement.terms
        return {terms.names.given["size", name]: "Z -> " * n + "Z" for name, n in terms.sizes.items()}

    def _slope(self, slope: Slope) -> Iterator[str]:
        """Yield the proof that the entry of a derivative is that derivative, in every forward pass."""
        terms = self.statement.terms
        given = [f"C{n}" for n in range(len(slope.conditions))]
        scope = [f"{terms.index(index)} B{n}" for n, (index, _) in enumerate(slope.free)]
        prover = Prover(Claim(self.statement.claim.network, slope.of, slope.closed, slope.free))
        proof = prover.prove()
        yield "  split."
        yield f"  {{ intros {' '.join(['J', 'Passed', *given, *scope])}. slope {self._rank()}."
        yield f"    expand [Value {self._place(slope.entry, prover.situation)}]."
        if not isinstance(slope.of.body, Var):
            yield f"    expand [Below {self._place(self._upper(slope.of), None)} {self._place(slope.of.var, None)}]."
        yield from self._tree(proof.hints if proof is not None else Path(), prover.situation, "    ")
        yield "  }"

    def _opening(self) -> Iterator[str]:
        """Yield the step that differentiates the expressions in the claim."""
        found: dict[str, None] = {}
        for side in (self.statement.claim.left, self.statement.claim.right):
            for node in walk(side):
                if isinstance(node, Diff) and not isinstance(node.body, Var):
                    found[f"Below {self._place(self._upper(node), None)} {self._place(node.var, None)}"] = None
        if found:
            yield f"  expand [{'; '.join(found)}]."

    def _upper(self, node: Diff) -> Var:
        return self.statement.terms.upper(node.body)

    def _tree(self, hints: Hints | None, situation: Situation | None, indent: str) -> Iterator[str]:
        """Yield the proof of one case."""
        match hints:
            case Path(steps, moves, zeros):
                for step in steps:
                    yield f"{indent}expand [{'; '.join(self._targets(step, situation))}]."
                if self.apart:
                    yield f"{indent}apart [{'; '.join(self.apart)}]."
                if zeros:
                    yield f"{indent}zeros [{'; '.join(f'({quoted(u)}, {quoted(v)})' for u, v in zeros)}]."
                told = list(self._moves(moves, situation))
                yield f"{indent}first [ (moves [{'; '.join(told)}]; close) | close ]." if told else f"{indent}close."
            case Split(relation, e, holds, fails):
                decide = {"<=": "Z_le_gt_dec", "=": "Z.eq_dec"}[relation]
                case = f"Case{len(indent)}"
                yield f"{indent}destruct ({decide} {self.statement.terms.integer(e)} 0) as [{case}|{case}]."
                branches = (None, None) if situation is None else situation.branches(relation, e)
                for way, branch in zip((holds, fails), branches, strict=True):
                    yield from self._branch(way, situation, branch, indent)
            case Layers():
                yield from self._layers(hints, indent)
            case Telescoped():
                yield from self._telescoped(hints, indent)
            case None:
                yield f"{indent}lia."

    def _telescoped(self, hints: Telescoped, indent: str) -> Iterator[str]:
        """Yield the induction on the length of a sum."""
        if hints.telescope.link is not None:
            yield from self._linked(hints, indent)
            return
        terms, telescope = self.statement.terms, hints.telescope
        node, m = telescope.sum, terms.index(hints.m)
        name = "telescope_down" if telescope.downwards else "telescope_up"
        t = terms.index(node.index)
        left, rest = (terms.value(side) for side in (hints.left, hints.rest))
        factor = terms.value(telescope.factor) if children(telescope.factor) else "1"
        body = terms.value(node.body)
        rule = f"{name} {terms.span(node.range)} (fun {m} => {left}) (fun {m} => {rest}) {factor} (fun {t} => {body})"
        rule = rule.replace("(d ", f"(D {self._network()} {self._rank()} I ")
        yield f"{indent}{'symmetry. ' if hints.flipped else ''}by_sum ({rule})."
        for part, bound in ((hints.base, ""), (hints.step, f"intros {m} B{m}; ")):
            yield f"{indent}- {bound}cbv beta in *; tidy_all."
            yield from self._tree(part.hints, Prover(part.claim).situation, f"{indent}  ")

    def _linked(self, hints: Telescoped, indent: str) -> Iterator[str]:
        """Yield the induction on the length of a sum whose terms hang on an end by a product of matrices."""
        terms, telescope, node = self.statement.terms, hints.telescope, hints.telescope.sum
        link = telescope.link
        if link is None:
            return
        unit, far = hints.unit or fresh("p"), link.far or fresh("q")  # for numbers a matrix of one row
        m, p, s = map(terms.index, (hints.m, unit, node.index))
        any_unit = {} if link.near is None else {link.near: lin(unit)}
        left, rest, body, matrix = (
            terms.value(subs(expr, any_unit))
            for expr in (hints.left, hints.rest, subs(node.body, hints.now), link.at(hints.now).matrix)
        )
        parts = [
            "linked_down" if telescope.downwards else "linked_up",
            "1%Z" if link.columns is None else terms.argument(link.columns.hi),
            terms.span(node.range),
            f"(fun {m} {p} {terms.index(far)} => {matrix})",
            *(f"(fun {m} {p} => {side})" for side in (left, rest)),
            terms.value(telescope.factor) if children(telescope.factor) else "1",
            f"(fun {m} {s} {p} => {body})",
            "1%Z" if link.near is None else terms.index(link.near),
        ]
        rule = " ".join(parts).replace("(d ", f"(D {self._network()} {self._rank()} I ")
        yield f"{indent}{'symmetry. ' if hints.flipped else ''}by_link ({rule})."
        for part, bound in ((hints.base, f"{p} B{p}"), (hints.step, f"{m} B{m} {p} B{p}")):
            yield f"{indent}- intros {bound}; cbv beta in *; tidy_all; empties."
            yield from self._tree(part.hints, Prover(part.claim).situation, f"{indent}  ")
        yield f"{indent}- intros {m} B{m} {s} B{s} {p} B{p}; hangs."

    def _layers(self, hints: Layers, indent: str) -> Iterator[str]:
        """Yield the induction over the layers, and the rest of the proof behind it."""
        terms, tail = self.statement.terms, hints.tail
        chain, p = tail.chain, terms.index(hints.p)
        product: Expr = chain
        if tail.sum_index is not None and tail.vector is not None and isinstance(tail.node, Sum):
            product = Sum(tail.sum_index, tail.node.range, Mul((chain, tail.vector)))
        last = chain.range.hi if tail.upwards else chain.range.lo
        closed = subs(hints.closed, {hints.m: last, hints.p: tail.near_end})
        m = terms.index(hints.m)
        yield f"{indent}pose (d := D {self._network()} {self._rank()} I)."
        yield f"{indent}assert (Layers : {terms.value(product)} = {terms.value(closed)})."
        yield f"{indent}{{ subst d. by_layers ({self._induction(hints)}) {terms.integer(tail.near_end)}."
        yield f"{indent}  - intros {p} B{p}; cbv beta in *; tidy_all."
        yield from self._tree(hints.base.hints, Prover(hints.base.claim).situation, f"{indent}    ")
        yield f"{indent}  - intros {m} B{m} {p} B{p}; cbv beta in *; tidy_all."
        yield from self._tree(hints.step.hints, Prover(hints.step.claim).situation, f"{indent}    ")
        yield f"{indent}  - in_range."
        if tail.sum_index is None:
            yield f"{indent}  - in_range."
        yield f"{indent}  - in_range. }}"
        if tail.outside:
            factors = Mul((*tail.outside, closed))
            yield f"{indent}assert (Scaled : {terms.value(tail.node)} = {terms.value(factors)})."
            yield f"{indent}{{ rewrite <- Layers, <- sumZ_scal. apply sumZ_ext; intros; ring. }}"
        yield f"{indent}subst d. use {'Scaled' if tail.outside else 'Layers'}."
        yield from self._tree(hints.rest.hints, Prover(hints.rest.claim).situation, indent)

    def _induction(self, hints: Layers) -> str:
        """Return the theorem of the library about a product of matrices, for those at hand and their closed form."""
        terms, tail, chain = self.statement.terms, hints.tail, hints.tail.chain
        t, row, col, m, p = map(terms.index, (chain.index, chain.row, chain.col, hints.m, hints.p))
        name = f"layers_{'up' if tail.upwards else 'down'}{'_entry' if tail.sum_index is None else ''}"
        parts = [
            terms.span(chain.range),
            f"(fun {t} {row} {col} => {terms.value(chain.body)})",
            f"(fun {t} => {terms.argument(chain.cols)})",
            f"(fun {m} => {terms.argument(hints.rows.hi)})",
        ]
        if tail.sum_index is not None and tail.vector is not None:
            parts.append(f"(fun {terms.index(tail.sum_index)} => {terms.value(tail.vector)})")
        parts.append(f"(fun {m} {p} => {terms.value(hints.closed)})")
        if tail.sum_index is None:
            parts.append(terms.integer(tail.far_end))
        return " ".join([name, *parts]).replace("(d ", f"(D {self._network()} {self._rank()} I ")

    def _network(self) -> str:
        return f"({' '.join(['network', *self.statement.parameters])})"

    def _rank(self) -> str:
        sizes = [name for name in self.statement.parameters if name in self._sizes()]
        return f"({' '.join(['rank', *sizes])})"

    def _branch(
        self, way: Hints | None, before: Situation | None, after: Situation | None, indent: str
    ) -> Iterator[str]:
        text = [f"{indent}  {line}" for line in self._settled(before, after)]
        text += self._tree(way, after, f"{indent}  ")
        yield f"{indent}{_bullet(indent)} {text[0].strip()}"
        yield from text[1:]

    def _settled(self, before: Situation | None, after: Situation | None) -> Iterator[str]:
        """Yield that a case leaves one value for an index or a size."""
        if before is None or after is None:
            return
        terms = self.statement.terms
        for index in before.free:
            if index not in after.free:
                yield f"settle {terms.index(index)}."
        for size in after.sizes:
            if size not in before.sizes:
                yield f"settle {terms.integer(lin(size))}."

    def _moves(self, moves: Iterable[Move], situation: Situation | None) -> Iterator[str]:
        """Yield what was done to sums, as far as the proof has names for their ends."""
        integer, known = self.statement.terms.integer, self._known(situation)
        for move in moves:
            ends = (move.range.lo, move.range.hi, move.by)
            if move == EXCHANGED:
                yield "Exchange"
            elif all(index in known for e in ends for index in e.indices()):
                yield f"{'Shift' if move.kind == 'shifted' else 'Cut'} {' '.join(map(integer, ends))}"

    def _known(self, situation: Situation | None) -> set[Index]:
        """Return the indices that have a name of their own at this place of the proof."""
        return {*self.statement.terms.fixed, *(() if situation is None else situation.free)}

    def _targets(self, step: Step, situation: Situation | None) -> Iterator[str]:
        yield from dict.fromkeys(self._target(t, step.forward, situation) for t in step.targets)

    def _target(self, target: Var | Diff, forward: bool, situation: Situation | None) -> str:
        if isinstance(target, Var):
            return f"Value {self._place(target, situation)}"
        assert isinstance(target.body, Var)
        ends = f"{self._place(target.body, situation)} {self._place(target.var, situation)}"
        return f"{'Below' if forward else 'Above'} {ends}"

    def _place(self, var: Var, situation: Situation | None) -> str:
        """Return an entry with its known indices; bound ones may be anything."""
        return f"({quoted(var.name)}, [{'; '.join(self._index(e, situation) for e in var.idx)}]%Z)"

    def _index(self, e: Lin, situation: Situation | None) -> str:
        if not e.indices() <= self._known(situation):
            return "None"
        return f"Some {self.statement.terms.integer(e)}"


def _bullet(indent: str) -> str:
    depth = len(indent) // 2 - 1
    return "-+*"[depth % 3] * (depth // 3 + 1)
