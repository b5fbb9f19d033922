"""Word lists of Debian packages, by language: /usr/share/dict or the stems of a hunspell dictionary."""
import re

DICT = {"en": "american-english", "de": "ngerman", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese",
        "nl": "dutch", "pl": "polish", "sv": "swedish", "ca": "catalan"}
HUNSPELL = {"ru": "ru_RU", "tr": "tr_TR", "cs": "cs_CZ", "hu": "hu_HU", "ro": "ro_RO", "el": "el_GR"}
PACKAGES = ("wamerican wngerman wfrench wspanish witalian wportuguese wdutch wpolish wswedish wcatalan hunspell-ru "
            "hunspell-tr hunspell-cs hunspell-hu hunspell-ro hunspell-el").split()


def words(language):
    """Words of two letters and more, in the order of the list, possessives left out; [] without a list."""
    if language in DICT:
        with open("/usr/share/dict/" + DICT[language], encoding="utf-8", errors="ignore") as f:
            found = [line.strip() for line in f]
    elif language in HUNSPELL:
        stem = "/usr/share/hunspell/" + HUNSPELL[language]
        with open(stem + ".aff", "rb") as f:
            encoding = re.search(rb"^SET\s+(\S+)", f.read(), re.M).group(1).decode()
        with open(stem + ".dic", encoding=encoding, errors="ignore") as f:
            next(f)  # the count
            found = [re.split(r"[/\s]", line.strip(), maxsplit=1)[0] for line in f]
    else:
        return []
    return [w for w in found if len(w) > 1 and not w.endswith("'s") and not re.search(r"\d", w)]
