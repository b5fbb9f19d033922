"""English words that are mostly spoken reduced: their forms, most common first."""
WEAK = {"the": "ð ə|ð ɪ|ð i", "a": "ə|e ɪ", "an": "ə n|æ n", "and": "æ n d|ə n d|ə n|n", "to": "t u|t ə|t ʊ",
        "of": "ʌ v|ə v|ɔ v|ə", "for": "f ɔ ɹ|f ɚ|f ɔ|f ə", "or": "ɔ ɹ|ɚ|ɔ", "at": "æ t|ə t", "as": "æ z|ə z",
        "that": "ð æ t|ð ə t", "was": "w ɑ z|w ə z|w ʌ z|w ɔ z", "are": "ɑ ɹ|ɚ|ɑ|ə", "were": "w ɚ|w ɜ", "is": "ɪ z|z|s",
        "his": "h ɪ z|ɪ z", "her": "h ɚ|ɚ|h ɜ|ɜ|h ə", "him": "h ɪ m|ɪ m", "he": "h i|i", "have": "h æ v|ə v|h ə v",
        "had": "h æ d|ə d|h ə d", "has": "h æ z|h ə z|ə z", "from": "f ɹ ʌ m|f ɹ ə m|f ɹ ɔ m", "but": "b ʌ t|b ə t",
        "them": "ð ɛ m|ð ə m|ə m", "than": "ð æ n|ð ə n", "can": "k æ n|k ə n", "you": "j u|j ə|j ʊ", "your": "j ɔ ɹ|j ɚ|j ɔ",
        "i": "a ɪ|a", "in": "ɪ n|ə n", "it": "ɪ t|ə t", "on": "ɔ n|ɑ n", "with": "w ɪ ð|w ɪ θ", "not": "n ɑ t|n ɔ t",
        "just": "d ʒ ʌ s t|d ʒ ə s t|d ʒ ɪ s", "will": "w ɪ l|l|w ə l", "would": "w ʊ d|d", "could": "k ʊ d|k ə d"}
