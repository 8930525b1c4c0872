//! The words of the generator itself, in every language that it speaks: a catalogue per language, complete by its type.
//!
//! A text with `{name}` in it is a pattern, filled by [`fill`]; backticks mark code, as in a spec. To add a language, fill
//! another [`Words`] and name it in [`ALL`]. A site in a language without a catalogue has these words in English.

mod chinese;
mod english;

use serde::Serialize;

pub(crate) use self::english::ENGLISH;

/// Every catalogue.
const ALL: [&Words; 2] = [&ENGLISH, &chinese::CHINESE];

/// What the generator says in one language.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Words {
    /// The primary tag of the language.
    pub(crate) tag: &'static str,
    /// What its speakers call it.
    pub(crate) name: &'static str,
    pub(crate) facts: Facts,
    pub(crate) frame: Frame,
    pub(crate) page: Pages,
    pub(crate) label: Labels,
    pub(crate) note: Notes,
    pub(crate) kind: Kinds,
    pub(crate) action: ByAdvice,
    pub(crate) column: Columns,
    pub(crate) paging: &'static [Section],
    pub(crate) retries: &'static [Section],
    pub(crate) rates: &'static [Section],
}

/// A part of a guide: its id is the same in every language.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) paragraphs: &'static [&'static str],
}

/// A unit that is counted.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Unit {
    pub(crate) one: &'static str,
    pub(crate) many: &'static str,
    /// How many there are, as in `as many characters`.
    pub(crate) number: &'static str,
}

/// Patterns of the phrases that several artefacts use for the same fact.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Facts {
    pub(crate) at_least: &'static str,
    pub(crate) at_most: &'static str,
    pub(crate) not_below: &'static str,
    pub(crate) not_above: &'static str,
    pub(crate) count: &'static str,
    pub(crate) count_of_field: &'static str,
    pub(crate) value_of_field: &'static str,
    pub(crate) or_default: &'static str,
    pub(crate) character: Unit,
    pub(crate) byte: Unit,
    pub(crate) item: Unit,
    pub(crate) pattern: &'static str,
    pub(crate) of_json: &'static str,
    pub(crate) of_json_in: &'static str,
    pub(crate) of_json_together: &'static str,
    pub(crate) required: &'static str,
    pub(crate) required_when: &'static str,
    pub(crate) rule_when: &'static str,
    pub(crate) when_given: &'static str,
    pub(crate) when_equal: &'static str,
    pub(crate) when_equal_or_absent: &'static str,
    pub(crate) under_condition: &'static str,
    pub(crate) rejected: &'static str,
    pub(crate) clamped: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) raisable: &'static str,
    pub(crate) stop: &'static str,
    /// What stands between two sentences.
    pub(crate) gap: &'static str,
    /// What stands between two items of an enumeration, and between two parts of a sentence.
    pub(crate) comma: &'static str,
    pub(crate) clause: &'static str,
    pub(crate) colon: &'static str,
    pub(crate) or: &'static str,
    pub(crate) outcome_equal: &'static str,
    pub(crate) outcome_absent: &'static str,
    pub(crate) outcome_reason: &'static str,
    pub(crate) rate: &'static str,
    pub(crate) calls: &'static str,
    pub(crate) items_of: &'static str,
    pub(crate) second: &'static str,
    pub(crate) minute: &'static str,
    pub(crate) hour: &'static str,
    pub(crate) day: &'static str,
    pub(crate) for_application: &'static str,
    pub(crate) for_each: &'static str,
    pub(crate) counted_alone: &'static str,
    pub(crate) shared: &'static str,
}

/// What stands around the content of every page.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Frame {
    pub(crate) skip: &'static str,
    pub(crate) contents: &'static str,
    pub(crate) close: &'static str,
    pub(crate) language: &'static str,
    pub(crate) search: &'static str,
    pub(crate) search_results: &'static str,
    pub(crate) search_none: &'static str,
    pub(crate) search_count: &'static str,
    pub(crate) search_failed: &'static str,
    pub(crate) theme: &'static str,
    pub(crate) theme_light: &'static str,
    pub(crate) theme_dark: &'static str,
    pub(crate) theme_system: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) copy_failed: &'static str,
    pub(crate) guide: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) resources: &'static str,
    pub(crate) about: &'static str,
    pub(crate) as_markdown: &'static str,
    pub(crate) made_from_spec: &'static str,
    pub(crate) llms: &'static str,
}

/// Title and first sentence of the pages that are not about one resource.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Pages {
    pub(crate) start: &'static str,
    pub(crate) paging: PageWords,
    pub(crate) retries: PageWords,
    pub(crate) rates: PageWords,
    pub(crate) errors: PageWords,
    pub(crate) limits: PageWords,
    pub(crate) types: PageWords,
    pub(crate) contradictions: PageWords,
    pub(crate) changelog: PageWords,
    pub(crate) coverage: PageWords,
}

/// Title and first sentence of a page.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct PageWords {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
}

/// Headings, headings of columns, and sentences of templates.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Labels {
    pub(crate) add_package: &'static str,
    pub(crate) all_resources: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) any_body: &'static str,
    pub(crate) any_operation: &'static str,
    pub(crate) any_operation_may: &'static str,
    pub(crate) any_operation_one_of: &'static str,
    pub(crate) common_errors: &'static str,
    pub(crate) beyond: &'static str,
    pub(crate) body: &'static str,
    pub(crate) bound: &'static str,
    pub(crate) call_curl: &'static str,
    pub(crate) calling: &'static str,
    pub(crate) cause_and_remedy: &'static str,
    pub(crate) checked: &'static str,
    pub(crate) client_does: &'static str,
    pub(crate) client_checks: &'static str,
    pub(crate) client_passes: &'static str,
    pub(crate) client_warns: &'static str,
    pub(crate) client_cannot: &'static str,
    pub(crate) concerns: &'static str,
    pub(crate) contradict_here: &'static str,
    pub(crate) counting: &'static str,
    pub(crate) decision: &'static str,
    pub(crate) deprecated: &'static str,
    pub(crate) details: &'static str,
    pub(crate) documented_for: &'static str,
    pub(crate) envelope: &'static str,
    pub(crate) envelopes: &'static str,
    pub(crate) error: &'static str,
    pub(crate) error_body: &'static str,
    pub(crate) errors: &'static str,
    pub(crate) example: &'static str,
    pub(crate) example_values: &'static str,
    pub(crate) fetch_token: &'static str,
    pub(crate) file_records: &'static str,
    pub(crate) finder: &'static str,
    pub(crate) finder_found: &'static str,
    pub(crate) finder_hint: &'static str,
    pub(crate) finder_none: &'static str,
    pub(crate) first_call: &'static str,
    pub(crate) form: &'static str,
    pub(crate) headers: &'static str,
    pub(crate) holds_for: &'static str,
    pub(crate) id_below: &'static str,
    pub(crate) install: &'static str,
    pub(crate) items: &'static str,
    pub(crate) json_body: &'static str,
    pub(crate) keep_token: &'static str,
    pub(crate) language: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) name: &'static str,
    pub(crate) open: &'static str,
    pub(crate) open_is_a_guess: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) operations: &'static str,
    pub(crate) page: &'static str,
    pub(crate) page_parameter: &'static str,
    pub(crate) page_size: &'static str,
    pub(crate) pages_total: &'static str,
    pub(crate) paging_operations: &'static str,
    pub(crate) part: &'static str,
    pub(crate) path: &'static str,
    pub(crate) paths_appended: &'static str,
    pub(crate) query: &'static str,
    pub(crate) quota: &'static str,
    pub(crate) quotas: &'static str,
    pub(crate) raised: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) repeat_safe: &'static str,
    pub(crate) repeat_unsafe: &'static str,
    pub(crate) reply: &'static str,
    pub(crate) reply_status: &'static str,
    pub(crate) request: &'static str,
    pub(crate) resource_types: &'static str,
    pub(crate) revision: &'static str,
    pub(crate) rust_does_it: &'static str,
    pub(crate) section: &'static str,
    pub(crate) server_clamps: &'static str,
    pub(crate) server_rejects: &'static str,
    pub(crate) server_unknown: &'static str,
    pub(crate) settled: &'static str,
    pub(crate) shared_types: &'static str,
    pub(crate) source: &'static str,
    pub(crate) source_of: &'static str,
    pub(crate) sources: &'static str,
    pub(crate) sources_lead: &'static str,
    pub(crate) state_counts: &'static str,
    pub(crate) status: &'static str,
    pub(crate) style: &'static str,
    pub(crate) style_cursor: &'static str,
    pub(crate) style_number: &'static str,
    pub(crate) title_lead: &'static str,
    pub(crate) token: &'static str,
    pub(crate) total: &'static str,
    pub(crate) type_: &'static str,
    pub(crate) types: &'static str,
    pub(crate) value: &'static str,
    pub(crate) version: &'static str,
    pub(crate) version_first: &'static str,
    pub(crate) wrapped_in: &'static str,
}

/// Labels and patterns of short facts.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Notes {
    pub(crate) also_sent_as: &'static str,
    pub(crate) always: &'static str,
    pub(crate) bearer: &'static str,
    pub(crate) code_name: &'static str,
    pub(crate) cursor: &'static str,
    pub(crate) cursor_size: &'static str,
    pub(crate) default: &'static str,
    pub(crate) deprecated: &'static str,
    pub(crate) each_item: &'static str,
    pub(crate) each_value: &'static str,
    pub(crate) endless: &'static str,
    pub(crate) envelope_key: &'static str,
    pub(crate) envelope_whole: &'static str,
    pub(crate) error_body: &'static str,
    pub(crate) example: &'static str,
    pub(crate) files: &'static str,
    pub(crate) files_text: &'static str,
    pub(crate) hours: &'static str,
    pub(crate) hours_text: &'static str,
    pub(crate) issued_by: &'static str,
    pub(crate) kind_boolean: &'static str,
    pub(crate) kind_enum: &'static str,
    pub(crate) kind_newtype: &'static str,
    pub(crate) kind_object: &'static str,
    pub(crate) kind_union_beside: &'static str,
    pub(crate) kind_union_inside: &'static str,
    pub(crate) limit: &'static str,
    pub(crate) no_token: &'static str,
    pub(crate) none: &'static str,
    pub(crate) on_failure: &'static str,
    pub(crate) only_when: &'static str,
    pub(crate) only_when_text: &'static str,
    pub(crate) optional: &'static str,
    pub(crate) page_number: &'static str,
    pub(crate) page_number_most: &'static str,
    pub(crate) page_total: &'static str,
    pub(crate) paging: &'static str,
    pub(crate) payload: &'static str,
    pub(crate) payload_also: &'static str,
    pub(crate) quota: &'static str,
    pub(crate) quota_raised: &'static str,
    pub(crate) rate_limit: &'static str,
    pub(crate) repeating: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) secret_text: &'static str,
    pub(crate) sent_as: &'static str,
    pub(crate) sent_as_text: &'static str,
    pub(crate) since: &'static str,
    pub(crate) split: &'static str,
    pub(crate) split_text: &'static str,
    pub(crate) success: &'static str,
    pub(crate) success_text: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) token: &'static str,
    pub(crate) token_for: &'static str,
    pub(crate) token_for_text: &'static str,
    pub(crate) token_given: &'static str,
    pub(crate) token_given_text: &'static str,
}

/// Kinds of what is found by searching.
#[derive(Debug, Serialize)]
pub(crate) struct Kinds {
    pub(crate) page: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) parameter: &'static str,
    pub(crate) field: &'static str,
    #[serde(rename = "type")]
    pub(crate) type_: &'static str,
    pub(crate) value: &'static str,
    pub(crate) error: &'static str,
    pub(crate) limit: &'static str,
    pub(crate) rate: &'static str,
    pub(crate) quota: &'static str,
    pub(crate) contradiction: &'static str,
}

/// A phrase for each thing that can be done about an error.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct ByAdvice {
    pub(crate) fix_request: &'static str,
    pub(crate) refresh_token: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) give_up: &'static str,
}

/// Headings of counts, by the names that [`crate::stats::Counts::columns`] gives them.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Columns {
    pub(crate) operations: &'static str,
    pub(crate) path: &'static str,
    pub(crate) query: &'static str,
    pub(crate) header: &'static str,
    pub(crate) body: &'static str,
    pub(crate) form: &'static str,
    pub(crate) payload: &'static str,
    pub(crate) envelope: &'static str,
    pub(crate) errors: &'static str,
    pub(crate) limits: &'static str,
    pub(crate) quotas: &'static str,
    pub(crate) rates: &'static str,
    pub(crate) examples: &'static str,
    pub(crate) settled: &'static str,
    pub(crate) open: &'static str,
}

impl Words {
    /// The words for a site in a language, given by its BCP 47 tag.
    pub(crate) fn of(tag: &str) -> &'static Self {
        let primary = tag.split('-').next().unwrap_or_default();
        // Traditional characters are another catalogue than simplified ones.
        let is_other_script = ["Hant", "TW", "HK", "MO"].iter().any(|it| tag.split('-').any(|part| part == *it));
        ALL.into_iter().find(|it| it.tag == primary && !is_other_script).unwrap_or(&ENGLISH)
    }
}

/// A pattern with values in the places of their names.
pub(crate) fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(values.iter().find(|(it, _)| *it == name).map_or("", |(_, value)| value));
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Every text of a catalogue with its address.
    fn texts(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
        match value {
            Value::Object(entries) => entries.iter().for_each(|(key, it)| texts(it, &format!("{at}.{key}"), found)),
            Value::Array(items) => (0..).zip(items).for_each(|(index, it)| texts(it, &format!("{at}.{index}"), found)),
            Value::String(text) => found.push((at.to_owned(), text.clone())),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn all(words: &Words) -> Vec<(String, String)> {
        let mut found = Vec::new();
        texts(&serde_json::to_value(words).expect("words are data"), "", &mut found);
        found
    }

    fn holes(text: &str) -> Vec<&str> {
        let mut holes: Vec<_> = text.split('{').skip(1).filter_map(|it| it.split('}').next()).collect();
        holes.sort_unstable();
        holes
    }

    #[test]
    fn catalogues_have_the_same_holes_code_and_ids() {
        let english = all(&ENGLISH);
        for words in ALL {
            let found = all(words);
            assert_eq!(found.len(), english.len(), "{} has as many texts and sections as English", words.tag);
            for ((at, text), (_, original)) in found.iter().zip(&english) {
                assert_eq!(holes(text), holes(original), "{}{at}", words.tag);
                assert!(
                    at.rsplit('.').next() != Some("id") || text == original,
                    "{}{at}: an id is the same everywhere",
                    words.tag
                );
                let codes = |text: &str| {
                    text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
                };
                assert_eq!(codes(text), codes(original), "{}{at}", words.tag);
            }
        }
    }

    #[test]
    fn chinese_is_written_with_chinese_punctuation() {
        for (at, text) in all(Words::of("zh")) {
            let letters: Vec<_> = text.chars().collect();
            let is_chinese = |it: char| ('\u{4e00}'..='\u{9fff}').contains(&it);
            for pair in letters.windows(2) {
                let [first, second] = [pair[0], pair[1]];
                assert!(!(is_chinese(first) && ",.;:?!()".contains(second)), "{at}: {text}");
                assert!(!(",.;:?!()".contains(first) && is_chinese(second)), "{at}: {text}");
                assert!(!(is_chinese(first) && second.is_ascii_alphanumeric()), "{at} wants a space: {text}");
                assert!(!(first.is_ascii_alphanumeric() && is_chinese(second)), "{at} wants a space: {text}");
            }
        }
    }

    #[test]
    fn languages_without_words_fall_back_to_english() {
        for (tag, name) in
            [("en", "English"), ("zh", "中文"), ("zh-CN", "中文"), ("zh-Hant", "English"), ("fr", "English")]
        {
            assert_eq!(Words::of(tag).name, name, "{tag}");
        }
    }

    #[test]
    fn values_are_put_in_once() {
        assert_eq!(fill("{a} and {b}, {a}", &[("a", "{b}"), ("b", "x")]), "{b} and x, {b}");
        assert_eq!(fill("plain", &[]), "plain");
    }
}
