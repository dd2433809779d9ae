//! Fixed texts: the same bytes on every machine and in every run.

/// Two texts that are compared.
pub type Pair = (String, String);

const WORDS: &[&str] = &[
    "the",
    "a",
    "to",
    "of",
    "and",
    "is",
    "in",
    "that",
    "you",
    "it",
    "for",
    "on",
    "with",
    "as",
    "this",
    "be",
    "are",
    "not",
    "can",
    "how",
    "what",
    "letter",
    "garden",
    "water",
    "time",
    "people",
    "maybe",
    "kitchen",
    "because",
    "something",
    "question",
    "morning",
    "would",
    "should",
    "answer",
    "paper",
    "number",
    "different",
    "please",
];
const IDEOGRAPHS: u32 = 0x4e00;

/// A linear congruential generator: no dependency, no surprise.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn words(&mut self, characters: usize) -> String {
        let mut text = String::with_capacity(characters + 16);
        while text.len() < characters {
            text.push_str(WORDS[self.below(WORDS.len() as u64) as usize]);
            text.push_str(if self.below(9) == 0 { ". " } else { " " });
        }
        text.truncate(characters);
        text
    }

    fn ideographs(&mut self, characters: usize) -> String {
        // The product of two numbers prefers small ones, as a language prefers some characters.
        (0..characters).filter_map(|_| char::from_u32(IDEOGRAPHS + (self.below(50) * self.below(50)) as u32)).collect()
    }
}

/// Every case by name.
pub fn case(name: &str) -> Vec<Pair> {
    let mut numbers = Numbers(name.bytes().fold(7, |sum, byte| sum * 31 + u64::from(byte)));
    match name {
        "responses" => (0..100).map(|_| (numbers.words(180), numbers.words(150))).collect(),
        "transcripts" => (0..50).map(|_| transcript(&mut numbers)).collect(),
        "dissimilar" => (0..20).map(|_| (numbers.words(650), numbers.words(650))).collect(),
        "long" => vec![(numbers.words(10_000), numbers.words(10_000))],
        "longest" => vec![(numbers.words(40_000), numbers.words(40_000))],
        "chinese" => (0..20).map(|_| (numbers.ideographs(350), numbers.ideographs(350))).collect(),
        _ => unreachable!("no case is called {name}"),
    }
}

/// Two texts that share all but their last turn.
fn transcript(numbers: &mut Numbers) -> Pair {
    let shared = format!("\n\nHuman: {}\n\nAssistant: ", numbers.words(480));
    (shared.clone() + &numbers.words(170), shared + &numbers.words(150))
}
