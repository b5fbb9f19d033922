"""The phone inventory shared by all languages, and the maps into it from espeak-ng's IPA and from flite.

Diphthongs and affricates are split into their parts, length and stress marks are dropped, so that every
language draws on the same few classes. Documented in docs/models.md.
"""
import re

SILENCE = "sil"
CONSONANTS = "p b t d k ɡ f v θ ð s z ʃ ʒ ç x ɣ h m n ɲ ŋ l ʎ ɹ ɾ ʁ j w β ʔ".split()
VOWELS = "i ɪ y u ʊ e ɛ ø œ o ɔ a ɑ æ ə ɜ ɚ ʌ ɐ ɨ ɑ̃ ɔ̃ ɛ̃ ɐ̃".split()
PHONES = [SILENCE] + CONSONANTS + VOWELS
INDEX = {p: i for i, p in enumerate(PHONES)}

# espeak-ng symbols outside the inventory.
_COMMON = {
    "g": "ɡ", "r": "ɾ", "ʀ": "ʁ", "ɻ": "ɹ", "ɽ": "ɾ", "ʋ": "v", "ʝ": "j", "ɬ": "l", "ɫ": "l", "ɭ": "l", "ʟ": "l", "ɥ": "j",
    "ɦ": "h", "χ": "x", "ɱ": "m", "ɳ": "n", "ʈ": "t", "ɖ": "d", "ʂ": "ʃ", "ʐ": "ʒ", "ɕ": "ʃ", "ʑ": "ʒ", "c": "k",
    "ɟ": "ɡ", "ɸ": "f", "ʍ": "w", "ʏ": "y", "ɵ": "œ", "ᵻ": "ɪ", "ɒ": "ɔ", "ɤ": "ɔ", "ɯ": "ɨ", "ʉ": "u", "ɘ": "ə",
    "ɞ": "ɜ", "ɶ": "œ", "ɝ": "ɚ",
}
_NASAL = {"a": "ɑ̃", "ɑ": "ɑ̃", "o": "ɔ̃", "ɔ": "ɔ̃", "e": "ɛ̃", "ɛ": "ɛ̃", "œ": "ɛ̃", "ɐ": "ɐ̃", "i": "i", "u": "u",
          "ʊ": "ʊ", "ɪ": "ɪ", "w": "w", "j": "j", "ə": "ɐ̃"}
_LANGUAGE = {
    "de": {"ɾ": "ʁ", "r": "ʁ", "ɜ": "ɐ"},
    "fr": {"r": "ʁ"},
    "pt": {"ɹ": "ɾ"},
    "en": {"ɐ": "ə", "r": "ɹ"},
    "en-us": {"ɐ": "ə", "r": "ɹ", "ɜ": "ɚ"},
}
# espeak-ng voices by language, the first is the standard of the lexicon.
VOICES = {
    "en": ["en-us", "en-gb-x-rp"], "de": ["de"], "fr": ["fr"], "es": ["es", "es-419"], "it": ["it"],
    "pt": ["pt-br", "pt"], "nl": ["nl"],
    # No language of the first rank: few or no recordings to learn from.
    "ru": ["ru"], "pl": ["pl"], "sv": ["sv"], "tr": ["tr"], "cs": ["cs"], "hu": ["hu"], "ro": ["ro"], "ca": ["ca"],
    "el": ["el"], "fi": ["fi"],
}
_DROP = "ˈˌːˑ‿͡ʲʰˠˤ̯̩̪̝̞̥̊̈-.ˀ˞'ʷ̬"

_FLITE = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "a ʊ", "ax": "ə", "axr": "ɚ", "ay": "a ɪ", "b": "b",
    "ch": "t ʃ", "d": "d", "dh": "ð", "dx": "ɾ", "eh": "ɛ", "er": "ɚ", "ey": "e ɪ", "f": "f", "g": "ɡ", "hh": "h",
    "hv": "h", "ih": "ɪ", "iy": "i", "jh": "d ʒ", "k": "k", "l": "l", "m": "m", "n": "n", "ng": "ŋ", "ow": "o ʊ",
    "oy": "ɔ ɪ", "p": "p", "r": "ɹ", "s": "s", "sh": "ʃ", "t": "t", "th": "θ", "uh": "ʊ", "uw": "u", "v": "v",
    "w": "w", "y": "j", "z": "z", "zh": "ʒ", "pau": SILENCE, "sil": SILENCE, "h#": SILENCE,
}


def from_ipa(symbol, voice):
    """The inventory phones of one espeak-ng phone ("tʃ" -> [t, ʃ], "oːɹ" -> [o, ɹ], "ss" -> [s]); [] for a pause.

    voice: the espeak-ng voice that said it ("en-us"); its first part is the language.
    """
    own = _LANGUAGE.get(voice) or _LANGUAGE.get(voice.split("-")[0], {})
    out = []
    for i, c in enumerate(symbol):
        if c == "\u0303":  # combining tilde: the vowel before it is nasal
            if out:
                out[-1] = _NASAL.get(out[-1], out[-1])
            continue
        if c in _DROP:
            continue
        c = own.get(c, _COMMON.get(c, c))
        if c in INDEX and not (out and out[-1] == c):
            out.append(c)
    return out


def pronunciation(ipa_word, voice):
    """Inventory phones of one word as Espeak.ipa spells it ('tʃ_ˈɛɹ_z'). Language switches '(en)' are skipped."""
    out = []
    for token in re.sub(r"\(.*?\)", "", ipa_word).replace(" ", "_").split("_"):
        for p in from_ipa(token, voice):
            if not (out and out[-1] == p):
                out.append(p)
    return out


def from_flite(symbol):
    return _FLITE[symbol].split()


def _broad(p):
    if p == SILENCE:
        return "silence"
    if p in VOWELS:
        return "vowel"
    for name, members in (("voiceless-stop", "p t k ʔ"), ("voiced-stop", "b d ɡ"), ("nasal", "m n ɲ ŋ"),
                          ("voiceless-fricative", "f θ s ʃ ç x h"), ("voiced-fricative", "v ð z ʒ ɣ β")):
        if p in members.split():
            return name
    return "approximant"


# Broad class of every phone: kinds of transition have a bias of their own.
BROAD_CLASSES = [_broad(p) for p in PHONES]
