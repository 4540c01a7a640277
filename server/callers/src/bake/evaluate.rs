//! Evaluates expressions of HCL: literals, templates, operators, conditions, `for`, traversals, calls.
//!
//! Bounded by steps and by depth; whoever defines something by itself gets a value that cannot be told.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use hcl_edit::expr::{
    BinaryOp, BinaryOperator, Expression, ForExpr, FuncCall, ObjectKey, Traversal, TraversalOperator,
    UnaryOperator,
};
use hcl_edit::template::{Directive, Element, Template};

use super::functions;
use super::source::{Block, Definitions, Source};
use super::value::Value;
use crate::Outside;
use crate::yaml::Node;

/// Values that one file may make on the way.
const MAX_STEPS: usize = 1_000_000;

/// Depth of expressions, of variables in variables and functions in functions.
const MAX_DEPTH: usize = 100;

/// Names that hold inside of an expression: of a matrix, a `for`, a function.
pub(super) type Locals = BTreeMap<String, Value>;

pub(super) struct Evaluator<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) outside: &'a dyn Outside,
    resolved: RefCell<BTreeMap<String, Value>>,
    resolving: RefCell<Vec<String>>,
    steps: Cell<usize>,
    depth: Cell<usize>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(definitions: &'a Definitions, outside: &'a dyn Outside) -> Self {
        Self {
            definitions,
            outside,
            resolved: RefCell::default(),
            resolving: RefCell::default(),
            steps: Cell::new(0),
            depth: Cell::new(0),
        }
    }

    pub(super) fn evaluate(&self, source: &Source, locals: &Locals) -> Value {
        match source {
            Source::Hcl(expression) => self.expression(expression, locals),
            Source::Json(node) => self.json(node, locals),
        }
    }

    fn json(&self, node: &Node, locals: &Locals) -> Value {
        use crate::yaml::Content;
        match &*node.content {
            Content::Quoted(text) if !text.contains("${") && !text.contains("%{") && !text.contains("$$") => {
                Value::text(text)
            }
            Content::Quoted(text) => match hcl_edit::parser::parse_template(text) {
                Ok(template) => self.template(&template, locals),
                Err(_) => Value::unknown(format!("`{text}` is no template that is understood")),
            },
            Content::Plain(_) if node.is_null() => Value::Null,
            Content::Plain(text) => match (text.as_str(), text.parse()) {
                ("true", _) => Value::Bool(true),
                ("false", _) => Value::Bool(false),
                (_, Ok(number)) => Value::Number(number),
                _ => Value::unknown(format!("`{text}` is no JSON")),
            },
            Content::Sequence(items) => {
                Value::list(items.iter().map(|item| self.json(item, locals)).collect())
            }
            Content::Mapping(pairs) => {
                let pair =
                    |(key, value): &(Node, Node)| Some((key.raw()?.to_owned(), self.json(value, locals)));
                Value::object(pairs.iter().filter_map(pair).collect())
            }
        }
    }

    pub(super) fn expression(&self, expression: &Expression, locals: &Locals) -> Value {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MAX_STEPS || self.depth.get() > MAX_DEPTH {
            return Value::unknown("it takes too long to evaluate");
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.inner(expression, locals);
        self.depth.set(self.depth.get() - 1);
        self.steps.set(self.steps.get() + value.weight().size());
        value
    }

    fn inner(&self, expression: &Expression, locals: &Locals) -> Value {
        match expression {
            Expression::Null(_) => Value::Null,
            Expression::Bool(value) => Value::Bool(*value.value()),
            Expression::Number(value) => value.value().as_f64().map_or(Value::Null, Value::Number),
            Expression::String(text) => Value::text(text.value()),
            Expression::Array(items) => {
                Value::list(items.iter().map(|item| self.expression(item, locals)).collect())
            }
            Expression::Object(object) => {
                let mut values = BTreeMap::new();
                for (key, value) in object.iter() {
                    let key = match key {
                        ObjectKey::Ident(name) => Value::text(name.as_str()),
                        ObjectKey::Expression(Expression::Variable(name)) => Value::text(name.as_str()),
                        ObjectKey::Expression(key) => self.expression(key, locals),
                    };
                    match key.as_text() {
                        Some(key) => {
                            values.insert(key.to_string(), self.expression(value.expr(), locals));
                        }
                        None => {
                            return key
                                .reason()
                                .map_or_else(|| Value::unknown("a key is no text"), Value::Unknown);
                        }
                    }
                }
                Value::object(values)
            }
            Expression::StringTemplate(template) => self.template(template, locals),
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template, locals),
            Expression::Parenthesis(inner) => self.expression(inner.inner(), locals),
            Expression::Variable(name) => self.variable(name.as_str(), locals),
            Expression::Conditional(conditional) => match self.expression(&conditional.cond_expr, locals) {
                Value::Unknown(reason) => Value::Unknown(reason),
                condition => match condition.as_bool() {
                    Some(true) => self.expression(&conditional.true_expr, locals),
                    Some(false) => self.expression(&conditional.false_expr, locals),
                    None => Value::unknown("a condition is neither true nor false"),
                },
            },
            Expression::FuncCall(call) => self.call(call, locals),
            Expression::Traversal(traversal) => self.traversal(traversal, locals),
            Expression::UnaryOp(operation) => {
                let value = self.expression(&operation.expr, locals);
                let result = match operation.operator.value() {
                    UnaryOperator::Neg => value.as_number().map(|number| Value::Number(-number)),
                    UnaryOperator::Not => value.as_bool().map(|value| Value::Bool(!value)),
                };
                result.unwrap_or_else(|| refused(&[value]))
            }
            Expression::BinaryOp(operation) => self.binary(operation, locals),
            Expression::ForExpr(expression) => self.for_expression(expression, locals),
        }
    }

    fn binary(&self, operation: &BinaryOp, locals: &Locals) -> Value {
        let left = self.expression(&operation.lhs_expr, locals);
        let right = self.expression(&operation.rhs_expr, locals);
        if left.reason().is_some() || right.reason().is_some() {
            return refused(&[left, right]);
        }
        let numbers = left.as_number().zip(right.as_number());
        let truths = left.as_bool().zip(right.as_bool());
        let compared =
            |compare: fn(&f64, &f64) -> bool| numbers.map(|(one, other)| Value::Bool(compare(&one, &other)));
        let result = match operation.operator.value() {
            BinaryOperator::Eq => Some(Value::Bool(left == right)),
            BinaryOperator::NotEq => Some(Value::Bool(left != right)),
            BinaryOperator::Less => compared(f64::lt),
            BinaryOperator::LessEq => compared(f64::le),
            BinaryOperator::Greater => compared(f64::gt),
            BinaryOperator::GreaterEq => compared(f64::ge),
            BinaryOperator::Plus => numbers.map(|(one, other)| Value::Number(one + other)),
            BinaryOperator::Minus => numbers.map(|(one, other)| Value::Number(one - other)),
            BinaryOperator::Mul => numbers.map(|(one, other)| Value::Number(one * other)),
            BinaryOperator::Div => {
                numbers.filter(|(_, other)| *other != 0.0).map(|(one, other)| Value::Number(one / other))
            }
            BinaryOperator::Mod => {
                numbers.filter(|(_, other)| *other != 0.0).map(|(one, other)| Value::Number(one % other))
            }
            BinaryOperator::And => truths.map(|(one, other)| Value::Bool(one && other)),
            BinaryOperator::Or => truths.map(|(one, other)| Value::Bool(one || other)),
        };
        result.unwrap_or_else(|| refused(&[left, right]))
    }

    fn for_expression(&self, expression: &ForExpr, locals: &Locals) -> Value {
        let intro = &expression.intro;
        if expression.grouping {
            return Value::unknown("a `for` that groups is not understood");
        }
        let collection = self.expression(&intro.collection_expr, locals);
        let Some(pairs) = pairs(&collection) else { return refused(&[collection]) };
        let mut keyed = BTreeMap::new();
        let mut listed = Vec::new();
        for (key, value) in pairs {
            let mut inside = locals.clone();
            inside.insert(intro.value_var.as_str().to_owned(), value);
            if let Some(name) = &intro.key_var {
                inside.insert(name.as_str().to_owned(), key);
            }
            if let Some(condition) = &expression.cond {
                let condition = self.expression(&condition.expr, &inside);
                match condition.as_bool() {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return refused(&[condition]),
                }
            }
            let value = self.expression(&expression.value_expr, &inside);
            match &expression.key_expr {
                None => listed.push(value),
                Some(key) => {
                    let key = self.expression(key, &inside);
                    let Some(text) = key.as_text() else { return refused(&[key]) };
                    keyed.insert(text.to_string(), value);
                }
            }
        }
        if expression.key_expr.is_some() { Value::object(keyed) } else { Value::list(listed) }
    }

    fn call(&self, call: &FuncCall, locals: &Locals) -> Value {
        let name = call.name.name.as_str();
        let mut arguments: Vec<_> =
            call.args.iter().map(|argument| self.expression(argument, locals)).collect();
        if call.args.expand_final() {
            let last = arguments.pop().unwrap_or(Value::Null);
            match last.as_list() {
                Some(values) => arguments.extend(values.iter().cloned()),
                None => return refused(&[last]),
            }
        }
        match self.definitions.functions.iter().rev().find(|block| block.name == name) {
            Some(function) => self.own_function(function, arguments),
            None => functions::call(name, &arguments),
        }
    }

    /// A function of the file. It sees its parameters and the file's variables.
    fn own_function(&self, function: &Block, arguments: Vec<Value>) -> Value {
        let names = |attribute: &str| match function.attribute(attribute) {
            Some(Source::Hcl(Expression::Array(items))) => {
                items.iter().filter_map(parameter).map(str::to_owned).collect()
            }
            Some(Source::Hcl(single)) => parameter(single).map(str::to_owned).into_iter().collect(),
            Some(Source::Json(node)) => {
                let items = if node.is_sequence() { node.items() } else { std::slice::from_ref(node) };
                items.iter().filter_map(|item| item.raw().map(str::to_owned)).collect()
            }
            None => Vec::new(),
        };
        let (parameters, variadic): (Vec<String>, Vec<String>) = (names("params"), names("variadic_params"));
        let (fits, name) = (parameters.len() <= arguments.len(), &function.name);
        if !fits || (variadic.is_empty() && parameters.len() != arguments.len()) {
            return Value::unknown(format!("{name} takes {} arguments", parameters.len()));
        }
        let Some(result) = function.attribute("result") else {
            return Value::unknown(format!("the function {name} has no result"));
        };
        let mut arguments = arguments.into_iter();
        let mut locals: Locals = parameters.into_iter().zip(arguments.by_ref()).collect();
        if let Some(name) = variadic.into_iter().next() {
            locals.insert(name, Value::list(arguments.collect()));
        }
        self.evaluate(result, &locals)
    }

    fn traversal(&self, traversal: &Traversal, locals: &Locals) -> Value {
        let mut operators = traversal.operators.iter().map(|operator| operator.value()).peekable();
        let mut value = match &traversal.expr {
            Expression::Variable(name) if name.as_str() == "target" && !locals.contains_key("target") => {
                let (Some(TraversalOperator::GetAttr(target)), Some(TraversalOperator::GetAttr(attribute))) =
                    (operators.next(), operators.next())
                else {
                    return Value::unknown("a target's attribute is wanted");
                };
                self.target_attribute(target.as_str(), attribute.as_str())
            }
            expression => self.expression(expression, locals),
        };
        for operator in operators {
            let key = match operator {
                TraversalOperator::GetAttr(name) => Value::text(name.as_str()),
                TraversalOperator::Index(index) => self.expression(index, locals),
                #[expect(clippy::cast_precision_loss, reason = "an index is small")]
                TraversalOperator::LegacyIndex(index) => Value::Number(*index.value() as f64),
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                    return Value::unknown("a splat is not understood");
                }
            };
            value = index(&value, &key);
        }
        value
    }

    fn target_attribute(&self, target: &str, attribute: &str) -> Value {
        let key = format!("target.{target}.{attribute}");
        let Some(block) = self.definitions.targets.iter().find(|block| block.name == target) else {
            return Value::unknown(format!("there is no target {target}"));
        };
        self.once(&key, || {
            block.attribute(attribute).map_or(Value::Null, |source| self.evaluate(source, &Locals::new()))
        })
    }

    pub(super) fn template(&self, template: &Template, locals: &Locals) -> Value {
        if let Some(Element::Interpolation(only)) = template.as_single_element() {
            return self.expression(&only.expr, locals);
        }
        let mut text = String::new();
        let mut strips = false;
        for element in template.iter() {
            match element {
                Element::Literal(literal) => {
                    let literal = literal.as_str();
                    text.push_str(if strips { literal.trim_start() } else { literal });
                    strips = false;
                }
                Element::Interpolation(interpolation) => {
                    let value = self.expression(&interpolation.expr, locals);
                    let Some(shown) = value.as_text() else { return refused(&[value]) };
                    if interpolation.strip.strip_start() {
                        text.truncate(text.trim_end().len());
                    }
                    text.push_str(&shown);
                    strips = interpolation.strip.strip_end();
                }
                Element::Directive(directive) => match self.directive(directive, locals) {
                    Ok(shown) => text.push_str(&shown),
                    Err(unknown) => return unknown,
                },
            }
            if text.len() > super::value::MAX_LENGTH {
                break;
            }
        }
        Value::text(text)
    }

    fn directive(&self, directive: &Directive, locals: &Locals) -> Result<String, Value> {
        let shown = |template: &Template, locals: &Locals| {
            let value = self.template(template, locals);
            value.as_text().map(|text| text.to_string()).ok_or_else(|| refused(&[value]))
        };
        match directive {
            Directive::If(directive) => {
                let condition = self.expression(&directive.if_expr.cond_expr, locals);
                match (condition.as_bool(), &directive.else_expr) {
                    (Some(true), _) => shown(&directive.if_expr.template, locals),
                    (Some(false), Some(other)) => shown(&other.template, locals),
                    (Some(false), None) => Ok(String::new()),
                    (None, _) => Err(refused(&[condition])),
                }
            }
            Directive::For(directive) => {
                let head = &directive.for_expr;
                let collection = self.expression(&head.collection_expr, locals);
                let Some(pairs) = pairs(&collection) else { return Err(refused(&[collection])) };
                let mut text = String::new();
                for (key, value) in pairs {
                    let mut inside = locals.clone();
                    inside.insert(head.value_var.as_str().to_owned(), value);
                    if let Some(name) = &head.key_var {
                        inside.insert(name.as_str().to_owned(), key);
                    }
                    text += &shown(&head.template, &inside)?;
                }
                Ok(text)
            }
        }
    }

    fn variable(&self, name: &str, locals: &Locals) -> Value {
        if let Some(value) = locals.get(name) {
            return value.clone();
        }
        self.once(name, || {
            if let Some(attribute) =
                self.definitions.attributes.iter().rev().find(|attribute| attribute.name == name)
            {
                return self.evaluate(&attribute.source, &Locals::new());
            }
            match (self.definitions.variable(name), name) {
                (Some(block), _) => self.block_variable(block),
                (None, "BAKE_CMD_CONTEXT") => Value::text("cwd://"),
                (None, "BAKE_LOCAL_PLATFORM") => Value::unknown("it is the platform of whoever builds"),
                (None, _) => Value::unknown(format!("there is no variable {name}")),
            }
        })
    }

    /// Evaluates under a name, once; nothing for what needs itself.
    fn once(&self, name: &str, evaluate: impl FnOnce() -> Value) -> Value {
        if let Some(value) = self.resolved.borrow().get(name) {
            return value.clone();
        }
        if self.resolving.borrow().iter().any(|open| open == name) {
            return Value::unknown(format!("{name} is defined by itself"));
        }
        self.resolving.borrow_mut().push(name.to_owned());
        let value = evaluate();
        self.resolving.borrow_mut().pop();
        self.resolved.borrow_mut().insert(name.to_owned(), value.clone());
        value
    }
}

/// The value of parts that do not fit together: why one of them is not known, else that they do not fit.
pub(super) fn refused(parts: &[Value]) -> Value {
    let reason = parts.iter().find_map(Value::reason);
    reason.map_or_else(|| Value::unknown("an expression does not fit its values"), Value::Unknown)
}

pub(super) fn parameter(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::Variable(name) => Some(name.as_str()),
        Expression::String(name) => Some(name.value()),
        _ => None,
    }
}

/// Keys and values of a list or an object.
fn pairs(collection: &Value) -> Option<Vec<(Value, Value)>> {
    match collection {
        #[expect(clippy::cast_precision_loss, reason = "lists are short")]
        Value::List(values, _) => Some(
            values
                .iter()
                .enumerate()
                .map(|(index, value)| (Value::Number(index as f64), value.clone()))
                .collect(),
        ),
        Value::Object(values, _) => {
            Some(values.iter().map(|(key, value)| (Value::text(key), value.clone())).collect())
        }
        _ => None,
    }
}

pub(super) fn index(value: &Value, key: &Value) -> Value {
    let found = match (value, key) {
        (Value::Object(values, _), key) => key.as_text().and_then(|key| values.get(&*key).cloned()),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "`get` refuses what does not fit"
        )]
        (Value::List(values, _), key) => key
            .as_number()
            .filter(|number| *number >= 0.0 && number.fract() == 0.0)
            .and_then(|number| values.get(number as usize).cloned()),
        _ => None,
    };
    found.unwrap_or_else(|| match (value.reason(), key.reason()) {
        (None, None) => Value::unknown("there is no such element"),
        _ => refused(&[value.clone(), key.clone()]),
    })
}
