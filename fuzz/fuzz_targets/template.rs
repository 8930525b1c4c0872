//! Templates of error messages against messages: what is captured gives the message back.
#![no_main]

use apigen_core::template::Template;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (pattern, message) = input;
    let template = Template::new(pattern);
    let captures = template.captures(message);
    assert_eq!(template.matches(message), captures.is_some());
    assert!(template.literal_len() <= pattern.len());
    let Some(captures) = captures else { return };
    let mut names: Vec<_> = captures.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    // A name that stands twice may hold two texts.
    if names.len() == captures.len() {
        let filled = template.fill(|name| captures.iter().find(|(key, _)| *key == name).map(|(_, value)| *value));
        // White space around both is ignored.
        assert_eq!(filled, message.trim());
    }
});
