//! Files that replies name: the mock serves them itself, under names of its own.

use std::io::Write;

use apigen_model::ir::Operation;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::prepared::{Prepared, SampleReply};

/// Where files are served.
pub(crate) const PREFIX: &str = "/_mock/files/";

/// How names of files end that are compressed by gzip.
const PACKED: &str = ".gz";

/// Gives the files at a path of the reply, such as `data[].url`, names that the mock serves. The query, which may be a
/// signature, and an ending such as `.gz` stay.
pub(crate) fn rename(base: &str, operation: &str, example: &str, path: &str, body: &mut Value) {
    let mut count = 0;
    each(body, path, &mut |url| {
        let Some(old) = url.as_str() else { return };
        let (old, query) = old.split_once('?').map_or((old, String::new()), |(old, query)| (old, format!("?{query}")));
        let ending = old.strip_suffix(PACKED).map_or("", |_| PACKED);
        *url = format!("{base}{PREFIX}{operation}/{example}/{count}{ending}{query}").into();
        count += 1;
    });
}

/// The content of a file by what stands behind [`PREFIX`]: the records of the example, shared out over the files that its
/// reply names.
pub(crate) fn content<'o>(
    mut operations: impl Iterator<Item = (&'o Operation, &'o Prepared)>,
    name: &str,
) -> Option<Bytes> {
    let (operation, rest) = name.split_once('/')?;
    let (example, file) = rest.split_once('/')?;
    let (file, is_packed) = file.strip_suffix(PACKED).map_or((file, false), |it| (it, true));
    let (operation, prepared) = operations.find(|(it, _)| it.id == operation)?;
    let sample = prepared.examples.iter().find(|it| it.name == example)?;
    let SampleReply::Json { records, .. } = &sample.reply else { return None };
    let shown = operation.examples.iter().find(|it| it.name == example)?;
    let apigen_model::ir::ExampleReply::Json { body, .. } = &shown.reply else { return None };
    let mut files = 0;
    each(&mut body.clone(), &operation.follow_up.as_ref()?.url, &mut |_| files += 1);
    let index = file.parse::<usize>().ok().filter(|it| *it < files)?;
    let each_has = records.len().div_ceil(files).max(1);
    let lines = records.iter().skip(index * each_has).take(each_has).map(|it| format!("{it}\n"));
    let text: String = lines.collect();
    if is_packed { Some(packed(text.as_bytes())) } else { Some(text.into()) }
}

fn packed(text: &[u8]) -> Bytes {
    let mut file = GzEncoder::new(Vec::new(), Compression::fast());
    let written = file.write_all(text).and_then(|()| file.finish());
    written.expect("writing to memory cannot fail").into()
}

/// Visits the values at a dotted path, in which `[]` stands for each item.
fn each(value: &mut Value, path: &str, visit: &mut impl FnMut(&mut Value)) {
    if path.is_empty() {
        return visit(value);
    }
    if let Some(rest) = path.strip_prefix("[]") {
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        return value.as_array_mut().into_iter().flatten().for_each(|it| each(it, rest, visit));
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (key, rest) = path.split_at(end);
    if let Some(inner) = value.get_mut(key) {
        each(inner, rest.strip_prefix('.').unwrap_or(rest), visit);
    }
}
