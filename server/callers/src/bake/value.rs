//! Values of Bake files. What cannot be told is a value of its own, with its reason, and makes unknown what is made of it.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::Setting;

/// The longest text that an evaluation may make, and the most values that one value may hold, however deep.
pub(super) const MAX_LENGTH: usize = 1 << 16;

/// How deep lists and objects may lie in each other.
const MAX_DEPTH: u32 = 32;

/// What is counted of a value, with all that it holds: values that share parts are counted as if they did not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weight {
    size: usize,
    depth: u32,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(Rc<str>),
    List(Rc<Vec<Value>>, Weight),
    Object(Rc<BTreeMap<String, Value>>, Weight),
    /// It cannot be told, and why.
    Unknown(Rc<str>),
}

impl Value {
    pub(super) fn unknown(reason: impl AsRef<str>) -> Self {
        Self::Unknown(reason.as_ref().into())
    }

    pub(super) fn text(text: impl AsRef<str>) -> Self {
        if text.as_ref().len() > MAX_LENGTH {
            return Self::unknown("it makes too long a text");
        }
        Self::Text(text.as_ref().into())
    }

    pub(super) fn list(values: Vec<Self>) -> Self {
        match weight(values.iter()) {
            Some(weight) => Self::List(Rc::new(values), weight),
            None => Self::unknown("it makes too large a list"),
        }
    }

    pub(super) fn object(values: BTreeMap<String, Self>) -> Self {
        match weight(values.values()) {
            Some(weight) => Self::Object(Rc::new(values), weight),
            None => Self::unknown("it makes too large an object"),
        }
    }

    /// The value as text, as HCL converts it.
    pub(super) fn as_text(&self) -> Option<Rc<str>> {
        Some(match self {
            Self::Text(text) => Rc::clone(text),
            Self::Bool(value) => value.to_string().into(),
            Self::Number(value) => number(*value).into(),
            _ => return None,
        })
    }

    pub(super) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Text(text) => text.parse().ok().filter(|value: &f64| value.is_finite()),
            _ => None,
        }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) => match &**text {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(values, _) => Some(values),
            _ => None,
        }
    }

    /// Why it cannot be told, through its parts.
    pub(super) fn reason(&self) -> Option<Rc<str>> {
        match self {
            Self::Unknown(reason) => Some(Rc::clone(reason)),
            Self::List(values, _) => values.iter().find_map(Self::reason),
            Self::Object(values, _) => values.values().find_map(Self::reason),
            _ => None,
        }
    }

    /// The value as a setting; nothing for null.
    pub(super) fn setting(&self) -> Option<Setting> {
        match self {
            Self::Null => None,
            Self::Unknown(reason) => Some(Setting::Unknown(reason.to_string())),
            other => Some(match other.as_text() {
                Some(text) => Setting::Known(text.to_string()),
                None => Setting::Unknown("it is no text".to_owned()),
            }),
        }
    }

    /// What it weighs.
    pub(super) fn weight(&self) -> Weight {
        match self {
            Self::List(_, weight) | Self::Object(_, weight) => *weight,
            Self::Text(text) => Weight { size: 1 + text.len() / 16, depth: 0 },
            _ => Weight { size: 1, depth: 0 },
        }
    }
}

impl Weight {
    pub(super) fn size(self) -> usize {
        self.size
    }
}

/// What values weigh together; nothing where it is too much.
fn weight<'a>(values: impl Iterator<Item = &'a Value>) -> Option<Weight> {
    let mut sum = Weight { size: 1, depth: 1 };
    for value in values {
        let weight = value.weight();
        sum.size += weight.size;
        sum.depth = sum.depth.max(weight.depth + 1);
        if sum.size > MAX_LENGTH || sum.depth > MAX_DEPTH {
            return None;
        }
    }
    Some(sum)
}

/// A number as HCL writes it: no exponent, no trailing zeros.
pub(super) fn number(value: f64) -> String {
    format!("{value}")
}
