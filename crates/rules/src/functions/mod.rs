//! The scalar functions rules may call besides SQL's own. All are pure: same arguments and same run, same answer.
//!
//! Must not know any rule. One line a function in the table below; the work is in the files beside.

mod place;
pub use place::kilometres;

mod texts;
mod times;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Float64Array, Int32Array, PrimitiveArray, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int32Type, TimeUnit, TimestampMicrosecondType};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarValue;
use std::hash::{Hash, Hasher};

/// Kinds of argument and answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Number,
    Int,
    Instant,
    Bool,
    Long,
}

impl Form {
    fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8View,
            Self::Number => DataType::Float64,
            Self::Int => DataType::Int32,
            Self::Long => DataType::Int64,
            Self::Bool => DataType::Boolean,
            Self::Instant => DataType::Timestamp(TimeUnit::Microsecond, None),
        }
    }
}

type Work = fn(&Columns) -> Result<ArrayRef>;

/// A function: name, arguments, how many of them may be left out, answer, what it does, work.
struct Function {
    name: &'static str,
    arguments: &'static [Form],
    optional: usize,
    answer: Form,
    /// Whether the answer depends on the run (address ranges, names), so that it is never computed while planning.
    of_run: bool,
    meaning: &'static str,
    work: Work,
}

const fn pure(name: &'static str, arguments: &'static [Form], answer: Form, work: Work, meaning: &'static str) -> Function {
    Function { name, arguments, optional: 0, answer, of_run: false, meaning, work }
}

const fn of_run(
    name: &'static str,
    arguments: &'static [Form],
    optional: usize,
    answer: Form,
    work: Work,
    meaning: &'static str,
) -> Function {
    Function { name, arguments, optional, answer, of_run: true, meaning, work }
}

use Form::{Bool, Instant, Int, Long, Number, Text};

const FUNCTIONS: &[Function] = &[
    pure(
        "canonical",
        &[Text, Text],
        Text,
        texts::canonical,
        "canonical(kind, value): two spellings of one identifier become equal; null for fillers",
    ),
    pure("is_filler", &[Text], Bool, texts::is_filler, "is_filler(value): whether it stands for nothing (n/a, 0, unknown)"),
    pure("email_domain", &[Text], Text, texts::email_domain, "email_domain(value): lower-case part behind the @"),
    pure(
        "list_has",
        &[Text, Text],
        Bool,
        texts::list_has,
        "list_has(list, item): whether a `|` list holds the item, case and outer spaces apart",
    ),
    pure(
        "text_similarity",
        &[Text, Text],
        Number,
        texts::text_similarity,
        "text_similarity(a, b): 0 to 1, Jaccard of five-word shingles; for few pairs",
    ),
    pure("domain_distance", &[Text, Text], Long, texts::domain_distance, "domain_distance(a, b): edits between two domains, lower case"),
    of_run(
        "name_similarity",
        &[Text, Text],
        0,
        Number,
        texts::name_similarity,
        "name_similarity(a, b): 0 to 1 by the engine's name comparer",
    ),
    pure("hours_between", &[Instant, Instant], Number, times::hours_between, "hours_between(a, b): b - a in hours"),
    pure("days_between", &[Instant, Instant], Number, times::days_between, "days_between(a, b): b - a in days"),
    pure(
        "local_hour",
        &[Instant, Int],
        Number,
        times::local_hour,
        "local_hour(at, offset_minutes): 0 to 24 on the clock of that offset; null when the offset is",
    ),
    pure("zone_hour", &[Instant, Text], Number, times::zone_hour, "zone_hour(at, zone): 0 to 24 on the clock of that IANA zone"),
    pure(
        "zone_offset_minutes",
        &[Text, Instant],
        Int,
        times::zone_offset_minutes,
        "zone_offset_minutes(zone, at): minutes east of UTC then",
    ),
    pure(
        "km_between",
        &[Number, Number, Number, Number],
        Number,
        place::km_between,
        "km_between(lat1, lon1, lat2, lon2): great-circle kilometres",
    ),
    pure("ip_net", &[Text], Text, place::ip_net, "ip_net(ip): its /24 (IPv4) or /48 (IPv6)"),
    of_run(
        "ip_kind",
        &[Text, Instant],
        1,
        Text,
        place::ip_kind,
        "ip_kind(ip [, at]): hosting, vpn, residential… from ip_ranges; null = unknown",
    ),
    of_run("ip_service", &[Text, Instant], 1, Text, place::ip_service, "ip_service(ip [, at]): name of the service, null = unknown"),
    of_run("ip_country", &[Text, Instant], 1, Text, place::ip_country, "ip_country(ip [, at]): country code, null = unknown"),
    of_run("ip_asn", &[Text, Instant], 1, Long, place::ip_asn, "ip_asn(ip [, at]): autonomous system number, null = unknown"),
    of_run("as_of", &[], 0, Instant, times::as_of, "as_of(): \"now\" of the run; there is no clock in a rule"),
];

/// Every function as DataFusion takes it.
pub(crate) fn all() -> Vec<ScalarUDF> {
    FUNCTIONS.iter().map(|function| ScalarUDF::from(Registered::new(function))).collect()
}

/// Name and one line of each function, for `explain` and the docs.
#[must_use]
pub fn described() -> Vec<(&'static str, &'static str)> {
    FUNCTIONS.iter().map(|function| (function.name, function.meaning)).collect()
}

struct Registered {
    function: &'static Function,
    signature: Signature,
}

impl Registered {
    fn new(function: &'static Function) -> Self {
        let volatility = if function.of_run { Volatility::Volatile } else { Volatility::Immutable };
        let signature = match function.arguments {
            [] => Signature::nullary(volatility),
            _ => Signature::user_defined(volatility),
        };
        Self { function, signature }
    }
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.function.name)
    }
}
impl PartialEq for Registered {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}
impl Eq for Registered {}
impl Hash for Registered {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

impl ScalarUDFImpl for Registered {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.function.answer.data_type())
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let most = self.function.arguments.len();
        if given.len() > most || given.len() + self.function.optional < most {
            return Err(DataFusionError::Plan(format!("{} (was given {} arguments)", self.function.meaning, given.len())));
        }
        Ok(self.function.arguments.iter().take(given.len()).map(|form| form.data_type()).collect())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalar = args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
        let rows = if scalar { 1 } else { args.number_rows };
        let arrays = args.args.iter().map(|value| value.to_array(rows)).collect::<Result<Vec<_>>>()?;
        let answer = (self.function.work)(&Columns { arrays, rows })?;
        if scalar { Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?)) } else { Ok(ColumnarValue::Array(answer)) }
    }
}

/// The arguments of one call, all of one length.
pub(crate) struct Columns {
    arrays: Vec<ArrayRef>,
    pub rows: usize,
}

impl Columns {
    fn wrong(&self, index: usize) -> DataFusionError {
        DataFusionError::Execution(format!("argument {} has the wrong type", index + 1))
    }

    pub fn text(&self, index: usize) -> Result<&StringViewArray> {
        self.arrays.get(index).and_then(|array| array.as_string_view_opt()).ok_or_else(|| self.wrong(index))
    }

    pub fn number(&self, index: usize) -> Result<&Float64Array> {
        self.arrays.get(index).and_then(|array| array.as_primitive_opt::<Float64Type>()).ok_or_else(|| self.wrong(index))
    }

    pub fn int(&self, index: usize) -> Result<&Int32Array> {
        self.arrays.get(index).and_then(|array| array.as_primitive_opt::<Int32Type>()).ok_or_else(|| self.wrong(index))
    }

    pub fn instant(&self, index: usize) -> Result<&PrimitiveArray<TimestampMicrosecondType>> {
        self.arrays.get(index).and_then(|array| array.as_primitive_opt()).ok_or_else(|| self.wrong(index))
    }

    /// An instant that may have been left out.
    pub fn optional_instant(&self, index: usize, row: usize) -> Option<i64> {
        let column = self.arrays.get(index)?.as_primitive_opt::<TimestampMicrosecondType>()?;
        column.is_valid(row).then(|| column.value(row))
    }
}
