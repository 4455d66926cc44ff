"""The chemical elements: symbol, name and family of each, in the order of their numbers."""

from __future__ import annotations

from dataclasses import dataclass

_NAMES_TEXT = """
H Hydrogen He Helium Li Lithium Be Beryllium B Boron C Carbon N Nitrogen O Oxygen F Fluorine Ne
Neon Na Sodium Mg Magnesium Al Aluminium Si Silicon P Phosphorus S Sulfur Cl Chlorine Ar Argon K
Potassium Ca Calcium Sc Scandium Ti Titanium V Vanadium Cr Chromium Mn Manganese Fe Iron Co Cobalt
Ni Nickel Cu Copper Zn Zinc Ga Gallium Ge Germanium As Arsenic Se Selenium Br Bromine Kr Krypton
Rb Rubidium Sr Strontium Y Yttrium Zr Zirconium Nb Niobium Mo Molybdenum Tc Technetium Ru
Ruthenium Rh Rhodium Pd Palladium Ag Silver Cd Cadmium In Indium Sn Tin Sb Antimony Te Tellurium I
Iodine Xe Xenon Cs Caesium Ba Barium La Lanthanum Ce Cerium Pr Praseodymium Nd Neodymium Pm
Promethium Sm Samarium Eu Europium Gd Gadolinium Tb Terbium Dy Dysprosium Ho Holmium Er Erbium Tm
Thulium Yb Ytterbium Lu Lutetium Hf Hafnium Ta Tantalum W Tungsten Re Rhenium Os Osmium Ir Iridium
Pt Platinum Au Gold Hg Mercury Tl Thallium Pb Lead Bi Bismuth Po Polonium At Astatine Rn Radon Fr
Francium Ra Radium Ac Actinium Th Thorium Pa Protactinium U Uranium Np Neptunium Pu Plutonium Am
Americium Cm Curium Bk Berkelium Cf Californium Es Einsteinium Fm Fermium Md Mendelevium No
Nobelium Lr Lawrencium Rf Rutherfordium Db Dubnium Sg Seaborgium Bh Bohrium Hs Hassium Mt
Meitnerium Ds Darmstadtium Rg Roentgenium Cn Copernicium Nh Nihonium Fl Flerovium Mc Moscovium Lv
Livermorium Ts Tennessine Og Oganesson
"""
_NAMES = _NAMES_TEXT.split()
#: Families by the numbers in them, in the order in which a course takes them.
FAMILIES: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("nonmetals", "Nonmetals", frozenset({1, 6, 7, 8, 15, 16, 34})),
    ("noble-gases", "Noble gases", frozenset({2, 10, 18, 36, 54, 86, 118})),
    ("halogens", "Halogens", frozenset({9, 17, 35, 53, 85, 117})),
    ("alkali-metals", "Alkali metals", frozenset({3, 11, 19, 37, 55, 87})),
    ("alkaline-earths", "Alkaline earth metals", frozenset({4, 12, 20, 38, 56, 88})),
    ("metalloids", "Metalloids", frozenset({5, 14, 32, 33, 51, 52})),
    ("first-transition", "Transition metals of period 4", frozenset(range(21, 31))),
    ("second-transition", "Transition metals of period 5", frozenset(range(39, 49))),
    ("third-transition", "Transition metals of period 6", frozenset(range(72, 81))),
    (
        "other-metals",
        "Other metals",
        frozenset({13, 31, 49, 50, *range(81, 85), *range(113, 117)}),
    ),
    ("lanthanides", "Lanthanides", frozenset(range(57, 72))),
    ("actinides", "Actinides", frozenset(range(89, 104))),
    ("heaviest", "Transition metals of period 7", frozenset(range(104, 113))),
)


@dataclass(frozen=True, slots=True)
class Element:
    """A chemical element; `family` is the key of one of `FAMILIES`."""

    number: int
    symbol: str
    name: str
    family: str


def _family(number: int) -> str:
    return next(key for key, _, members in FAMILIES if number in members)


ELEMENTS: tuple[Element, ...] = tuple(
    Element(number, _NAMES[2 * number - 2], _NAMES[2 * number - 1], _family(number))
    for number in range(1, len(_NAMES) // 2 + 1)
)
