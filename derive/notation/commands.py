"""Commands by what they are: letters, names, fonts, accents, spaces, environments, and those that only set."""

from __future__ import annotations

from derive.notation.functions import READS
from derive.notation.signs import TRANSPOSE_SIGNS


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _commands(names: str) -> tuple[str, ...]:
    return tuple(f"\\{name}" for name in names.split())


def _bare(names: str) -> dict[str, str]:
    return {f"\\{name}": name for name in names.split()}


SYMBOLS = frozenset(
    _commands(
        """
        alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon
        phi chi psi omega varepsilon vartheta varpi varrho varsigma varphi varkappa digamma Alpha Beta Gamma Delta
        Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon Phi Chi Psi Omega
        varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega ell nabla
        partial infty hbar emptyset varnothing aleph Re Im imath jmath wp bot dagger ddagger prime eth
        complement square Box triangle flat sharp natural
        """
    )
) | frozenset(sign for sign in TRANSPOSE_SIGNS if sign.startswith("\\"))
"""Commands for a single letter or sign, those that transpose among them."""

ARROWS_WITH_NOTE = frozenset(
    _commands("xrightarrow xleftarrow xRightarrow xLeftarrow xleftrightarrow xmapsto xlongrightarrow")
)
EQUAL_WITH_NOTE = frozenset(_commands("xlongequal xequal"))
NAMES = frozenset(
    _commands(
        """
        lg cot sec csc coth arcsin arccos arctg sh ch th deg det dim hom ker gcd arg Pr max min sup inf lim limsup
        liminf argmax argmin
        """
    )
) | frozenset(read for read in READS if read.startswith("\\"))
"""Functions written as commands, those with a meaning among them; each is a `Name`."""

BIG_OPERATORS: dict[str, str] = {
    **_bare("sum prod coprod int iint iiint oint bigcup bigcap bigoplus bigotimes bigodot bigvee bigwedge biguplus"),
    "\\intop": "int",
}
OVER_RANGES = frozenset(_words("sum prod max min"))
"""Big operators over the values of an expression for each value of an index."""
BIG_WITH_BOUNDS = frozenset(_words("max min sup inf lim limsup liminf argmax argmin"))
"""Names that with something written below them are big operators."""

FONTS: dict[str, str] = {
    **_bare("mathbf mathcal mathbb mathscr mathfrak mathit mathsf mathtt mathrm mathnormal boldsymbol"),
    **dict.fromkeys(_commands("bm pmb boldmath mathbfit mathbold symbfit"), "boldsymbol"),
    **dict.fromkeys(_commands("bold symbf"), "mathbf"),
    **dict.fromkeys(_commands("mathbbm mathds Bbb symbb"), "mathbb"),
    **{"\\symcal": "mathcal", "\\mathbfsf": "mathsf", "\\mathup": "mathrm", "\\symup": "mathrm"},
}
FONT_SWITCHES = {
    **{"\\bf": "mathbf", "\\bfseries": "mathbf", "\\rm": "mathrm", "\\it": "mathit", "\\sf": "mathsf"},
    **{"\\tt": "mathtt", "\\cal": "mathcal", "\\mit": "mathit"},
}
"""Old switches, {\\bf x}, which hold to the end of their braces."""

CAPITAL_FONTS = frozenset(_words("mathcal mathbb mathscr mathfrak"))
"""Fonts that have capital letters alone."""

WORD_FONTS = frozenset(_words("mathrm mathit mathsf mathtt mathnormal"))
"""Fonts in which several letters side by side are one name: \\mathit{net}."""

TEXTS: dict[str, str] = {
    **dict.fromkeys(_commands("text textrm textnormal mbox hbox textup textmd"), ""),
    **{"\\textbf": "mathbf", "\\textit": "mathit", "\\emph": "mathit", "\\textsl": "mathit"},
    **{"\\textsf": "mathsf", "\\texttt": "mathtt", "\\textsc": "mathrm"},
}
"""Commands for prose, and the font of a single letter in them."""

ACCENTS: dict[str, str] = {
    **_bare("hat bar overline tilde dot ddot vec check breve acute grave underline"),
    **{"\\widehat": "hat", "\\widetilde": "tilde", "\\widecheck": "check", "\\overrightarrow": "vec"},
    **{"\\mathring": "ring", "\\underbar": "underline"},
}
OVERSET_ACCENTS = {"\\sim": "tilde", "\\wedge": "hat", "\\to": "vec", "\\rightarrow": "vec"}

WIDE_SPACES = frozenset(_commands("quad qquad hfill hfil enspace hspace hskip"))
"""Spaces wide enough to part statements."""

NO_MEANING = frozenset(
    (
        *("~", "\\ ", "\\,", "\\;", "\\:", "\\!", "\\>", "\\/", "\\-"),
        *_commands(
            """
            thinspace medspace thickspace negthinspace negmedspace negthickspace space nobreakspace allowbreak
            nobreak displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits displaylimits nonumber
            notag strut mathstrut hline relax null big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr
            bigm Bigm biggm Biggm middle noindent centering protect small footnotesize normalsize large scriptsize tiny
            toprule midrule bottomrule unskip ignorespaces break par qty pqty bqty xmathstrut qedhere hfilneg
            allowdisplaybreaks IEEEyesnumber IEEEnonumber IEEEyessubnumber IEEEnosubnumber IEEEeqnarraynumspace
            numberthis yesnumber Large LARGE huge Huge begingroup endgroup bgroup egroup
            """
        ),
    )
)
"""Commands that only say how a formula looks."""

NO_MEANING_WITH_ARGUMENT: dict[str, int] = {
    **dict.fromkeys(_commands("label color vspace phantom hphantom vphantom cline textcolor mspace hspace"), 1),
    **dict.fromkeys(_commands("raisebox class cssId htmlClass htmlId htmlStyle htmlData href style require"), 1),
    **dict.fromkeys(_commands("adjustbox scalebox raisetag"), 1),
    **dict.fromkeys(_commands("resizebox IEEEeqnarraymulticol"), 2),
    "\\displaybreak": 0,
}
"""Commands whose first braces hold no mathematics, with the number of braces; options in [ ] stand before them."""

TRANSPARENT = frozenset(
    _commands(
        """
        ensuremath mathord mathclose mathopen mathinner mathpunct mathrel mathbin mathop vcenter smash makebox
        mathrlap mathllap mathclap rlap llap clap
        """
    )
)
"""Commands that only set what is in their braces."""

BOXES = frozenset(_commands("boxed fbox framebox bbox colorbox fcolorbox"))
"""Commands that draw a frame around it; colorbox and fcolorbox say first in which colours."""
BOX_COLOURS = {"\\colorbox": 1, "\\fcolorbox": 2}

BRACES_WITH_NOTE = {
    **dict.fromkeys(_commands("underbrace underbracket underparen"), "_"),
    **dict.fromkeys(_commands("overbrace overbracket overparen"), "^"),
}
"""Braces above or below a part of a formula, and the sign before what they note, which says nothing."""

LENGTHS = frozenset(_commands("kern mkern hskip mskip"))
"""Spaces that are followed by a length without braces."""

DERIVATIVES = frozenset(_commands("pdv pderiv partialderivative pderivative diffp dv derivative deriv odv diff"))
"""Derivatives with one to three arguments, all in braces."""

ARGUMENTS: dict[str, int] = {
    **dict.fromkeys(_commands("frac dfrac tfrac cfrac nicefrac sfrac flatfrac overset stackrel underset"), 2),
    **dict.fromkeys(DERIVATIVES, 3),
    **dict.fromkeys((*ACCENTS, *TEXTS), 1),
    **dict.fromkeys(_commands("sqrt operatorname operatorname* operatornamewithlimits substack tag tag*"), 1),
    **dict.fromkeys(_commands("eqref ref cite autoref cref Cref intertext shortintertext"), 1),
    **dict.fromkeys((*ARROWS_WITH_NOTE, *EQUAL_WITH_NOTE), 1),
}
"""The largest number of arguments of commands that are read with them; options in [ ] stand before them."""

OVERLAYS = frozenset(_commands("uncover onslide visible alert pause"))
"""Commands of beamer that only say when something is seen: \\uncover<2->{…}."""

END_SIGNS = frozenset(_commands("blacksquare square qed qedsymbol Box QED"))
"""Signs that end a proof."""

ROW_BREAKS = frozenset(("\\\\", *_commands("cr newline tabularnewline")))

RAW_ARGUMENTS = frozenset(
    (
        *TEXTS,
        *_commands("href style class cssId htmlClass htmlId htmlStyle htmlData require fcolorbox colorbox"),
        *_commands("tag label operatorname operatornamewithlimits color hspace vspace textcolor ref eqref cite mspace"),
        *_commands("intertext shortintertext"),
    )
)
"""Commands whose first braces are read as characters."""

STATEMENT_ENVIRONMENTS = frozenset(
    _words(
        """
        equation align aligned alignat alignedat gather gathered multline multlined eqnarray split flalign
        displaymath math subequations IEEEeqnarray dmath empheq
        """
    )
)
MATRIX_ENVIRONMENTS = frozenset(
    _words("matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix psmallmatrix bsmallmatrix array subarray")
)
CASES_ENVIRONMENTS = frozenset(_words("cases dcases rcases drcases"))
WITH_COLUMNS = frozenset(_words("array subarray alignat alignedat IEEEeqnarray empheq"))
"""Environments whose first braces say how many columns they have."""
