//! Which script and which language a text is written in, as far as its letters tell.

use whatlang::{Lang, Script, detect, detect_script};

use crate::parallel::{Cancel, RowKernel};
use crate::{Error, Texts};

/// Bytes of a text that are looked at: more of it would not tell more.
const SEEN: usize = 2_000;

/// The script of most letters at the beginning of `text`; None where there is no letter of a known one.
///
/// ```
/// use prefaudit_core::languages::script;
/// assert_eq!((script("An oak"), script("дуб, oak"), script("12!")), (Some("Latin"), Some("Latin"), None));
/// ```
#[must_use]
pub fn script(text: &str) -> Option<&'static str> {
    let text = head(text, SEEN);
    if text.is_ascii() {
        return text.bytes().any(|byte| byte.is_ascii_alphabetic()).then_some("Latin");
    }
    detect_script(text).map(script_name)
}

/// What a text seems to be written in.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Language {
    /// The name of the script.
    pub script: &'static str,
    /// The ISO 639-1 code of the language.
    pub code: &'static str,
    /// How sure that is, from 0 to 1: how far the next likely language is behind.
    pub confidence: f64,
    /// Letters of the text that were looked at.
    pub letters: u32,
}

/// The language that the trigrams and letters at the beginning of `text` are most like (whatlang); None without letters.
///
/// ```
/// let found = prefaudit_core::languages::language("Welcher Baum verliert im Herbst seine Blätter?").unwrap();
/// assert_eq!((found.script, found.code), ("Latin", "de"));
/// ```
#[must_use]
pub fn language(text: &str) -> Option<Language> {
    let text = head(text, SEEN);
    let found = detect(text)?;
    Some(Language {
        script: script_name(found.script()),
        code: code(found.lang()),
        confidence: found.confidence(),
        letters: text.chars().filter(|c| c.is_alphabetic()).count() as u32,
    })
}

/// The beginning of a text: at most so many bytes, and no part of a character.
pub(crate) fn head(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

fn script_name(script: Script) -> &'static str {
    match script {
        Script::Arabic => "Arabic",
        Script::Armenian => "Armenian",
        Script::Bengali => "Bengali",
        Script::Cyrillic => "Cyrillic",
        Script::Devanagari => "Devanagari",
        Script::Ethiopic => "Ethiopic",
        Script::Georgian => "Georgian",
        Script::Greek => "Greek",
        Script::Gujarati => "Gujarati",
        Script::Gurmukhi => "Gurmukhi",
        Script::Hangul => "Hangul",
        Script::Hebrew => "Hebrew",
        Script::Hiragana => "Hiragana",
        Script::Kannada => "Kannada",
        Script::Katakana => "Katakana",
        Script::Khmer => "Khmer",
        Script::Latin => "Latin",
        Script::Malayalam => "Malayalam",
        Script::Mandarin => "Han",
        Script::Myanmar => "Myanmar",
        Script::Oriya => "Oriya",
        Script::Sinhala => "Sinhala",
        Script::Tamil => "Tamil",
        Script::Telugu => "Telugu",
        Script::Thai => "Thai",
    }
}

/// The languages that can be told, by their ISO 639-1 codes.
pub const CODES: [(Lang, &str); 70] = [
    (Lang::Epo, "eo"),
    (Lang::Eng, "en"),
    (Lang::Rus, "ru"),
    (Lang::Cmn, "zh"),
    (Lang::Spa, "es"),
    (Lang::Por, "pt"),
    (Lang::Ita, "it"),
    (Lang::Ben, "bn"),
    (Lang::Fra, "fr"),
    (Lang::Deu, "de"),
    (Lang::Ukr, "uk"),
    (Lang::Kat, "ka"),
    (Lang::Ara, "ar"),
    (Lang::Hin, "hi"),
    (Lang::Jpn, "ja"),
    (Lang::Heb, "he"),
    (Lang::Yid, "yi"),
    (Lang::Pol, "pl"),
    (Lang::Amh, "am"),
    (Lang::Jav, "jv"),
    (Lang::Kor, "ko"),
    (Lang::Nob, "nb"),
    (Lang::Dan, "da"),
    (Lang::Swe, "sv"),
    (Lang::Fin, "fi"),
    (Lang::Tur, "tr"),
    (Lang::Nld, "nl"),
    (Lang::Hun, "hu"),
    (Lang::Ces, "cs"),
    (Lang::Ell, "el"),
    (Lang::Bul, "bg"),
    (Lang::Bel, "be"),
    (Lang::Mar, "mr"),
    (Lang::Kan, "kn"),
    (Lang::Ron, "ro"),
    (Lang::Slv, "sl"),
    (Lang::Hrv, "hr"),
    (Lang::Srp, "sr"),
    (Lang::Mkd, "mk"),
    (Lang::Lit, "lt"),
    (Lang::Lav, "lv"),
    (Lang::Est, "et"),
    (Lang::Tam, "ta"),
    (Lang::Vie, "vi"),
    (Lang::Urd, "ur"),
    (Lang::Tha, "th"),
    (Lang::Guj, "gu"),
    (Lang::Uzb, "uz"),
    (Lang::Pan, "pa"),
    (Lang::Aze, "az"),
    (Lang::Ind, "id"),
    (Lang::Tel, "te"),
    (Lang::Pes, "fa"),
    (Lang::Mal, "ml"),
    (Lang::Ori, "or"),
    (Lang::Mya, "my"),
    (Lang::Nep, "ne"),
    (Lang::Sin, "si"),
    (Lang::Khm, "km"),
    (Lang::Tuk, "tk"),
    (Lang::Aka, "ak"),
    (Lang::Zul, "zu"),
    (Lang::Sna, "sn"),
    (Lang::Afr, "af"),
    (Lang::Lat, "la"),
    (Lang::Slk, "sk"),
    (Lang::Cat, "ca"),
    (Lang::Tgl, "tl"),
    (Lang::Hye, "hy"),
    (Lang::Cym, "cy"),
];

fn code(language: Lang) -> &'static str {
    CODES.iter().find(|(known, _)| *known == language).map_or("", |(_, code)| code)
}

/// The language of each row.
pub struct LanguageRows<'a, T: ?Sized>(pub &'a T);

impl<T: Texts + ?Sized> RowKernel for LanguageRows<'_, T> {
    type Scratch = ();
    type Out = Option<Language>;

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn cost(&self, i: usize) -> u64 {
        20_000 + 40 * self.0.size(i).min(SEEN) as u64
    }

    fn scratch(&self) {}

    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<Option<Language>, Error> {
        Ok(self.0.get(i).and_then(language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_a_code_of_its_own() {
        let mut codes: Vec<&str> = Lang::all().iter().map(|&language| code(language)).collect();
        assert!(codes.iter().all(|code| code.len() == 2));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Lang::all().len());
        assert_eq!(codes.len(), CODES.len());
    }

    #[test]
    fn scripts_by_their_letters() {
        assert_eq!(script("дуб, ясень, oak"), Some("Cyrillic"));
        assert_eq!(script("你好 world"), Some("Latin"));
        assert_eq!((script(""), script("😀 ?")), (None, None));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(head("aé", 2), "a");
        assert_eq!(head("aé", 9), "aé");
        assert_eq!(language(&"你".repeat(5_000)).map(|found| found.code), Some("zh"));
        assert_eq!(language("123"), None);
    }
}
