"""Word lists of Debian packages, by language: /usr/share/dict, the stems of a hunspell dictionary, or the headwords of a
bilingual one."""
import re

DICT = {"en": "american-english", "de": "ngerman", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese",
        "nl": "dutch", "pl": "polish", "sv": "swedish", "ca": "catalan"}
HUNSPELL = {"ru": "ru_RU", "tr": "tr_TR", "cs": "cs_CZ", "hu": "hu_HU", "ro": "ro_RO", "el": "el_GR"}
HEADWORDS = {"fi": "freedict-fin-eng"}
PACKAGES = ("wamerican wngerman wfrench wspanish witalian wportuguese wdutch wpolish wswedish wcatalan hunspell-ru "
            "hunspell-tr hunspell-cs hunspell-hu hunspell-ro hunspell-el dict-freedict-fin-eng").split()


def _lines(path):
    with open(path, "rb") as f:
        content = f.read()
    try:
        return content.decode("utf-8").splitlines()
    except UnicodeDecodeError:  # the Swedish list
        return content.decode("iso-8859-1").splitlines()


def words(language):
    """Words of two letters and more, in the order of the list, possessives left out; [] without a list."""
    if language in DICT:
        found = [line.strip() for line in _lines("/usr/share/dict/" + DICT[language])]
    elif language in HUNSPELL:
        stem = "/usr/share/hunspell/" + HUNSPELL[language]
        with open(stem + ".aff", "rb") as f:
            encoding = re.search(rb"^SET\s+(\S+)", f.read(), re.M).group(1).decode()
        with open(stem + ".dic", encoding=encoding, errors="ignore") as f:
            next(f)  # the count
            found = [re.split(r"[/\s]", line.strip(), maxsplit=1)[0] for line in f]
    elif language in HEADWORDS:
        found = [line.split("\t")[0] for line in _lines(f"/usr/share/dictd/{HEADWORDS[language]}.index")]
        found = [w for w in found if " " not in w and not w.startswith("00database")]
    else:
        return []
    return [w for w in found if len(w) > 1 and not w.endswith("'s") and not re.search(r"\d", w)]
