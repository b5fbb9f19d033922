"""How far the boundaries of phones agree with the labels of speech synthesis voices, in five languages.

usage: festvox.py SHARED_DATA WORK_DIR MODEL_DIR [VOICE ...]
The voices of voices.py, all of them where none is named ("ru" is festvox-ru). Labels have ways of their own: pitch marks and joins
shift all of a voice by some milliseconds, and the Russian ones let a fricative after a vowel begin 20 ms earlier than we do. So
what is printed is agreement, not error, and besides as it is also about the median of the voice, and about that of each pair of
kinds of sound. Both for MODEL_DIR and for a copy of it without what corrects boundaries. The boundary model that ships has learned
from "kal" and "ked" (boundaries.py --check leaves them out); no net has heard any other of these voices. Minutes on two cores.
"""
import sys

import boundaries
import plain
import voices


def main(shared, work, model, *names):
    known = [*voices.DIPHONES, "ru"]
    if not set(names) <= set(known):
        sys.exit(f"festvox.py: no such voice; there are {' '.join(known)}")
    uncorrected = work + "/voices/model"
    plain.copy(model, uncorrected)
    for voice in names or known:
        manifest = voices.russian(work) if voice == "ru" else voices.diphones(shared, work, voice)
        language = "ru" if voice == "ru" else voices.DIPHONES[voice][0]
        for name, folder in (("without corrections", uncorrected), ("as it is", model)):
            results = f"{work}/voices/{voice}-{name.replace(' ', '-')}"
            boundaries.align(manifest, folder, results)
            print(f"{voice} ({language}), {name}", flush=True)
            voices.compare(results, work, language)


if __name__ == "__main__":
    main(*sys.argv[1:])
