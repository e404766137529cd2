//! Reads the text of `$filter` into an expression: comparisons, `and`, `or`, `not`, parentheses, and `any`.

use std::collections::VecDeque;

use bigdecimal::BigDecimal;
use jiff::Timestamp;

use super::filter::{Expression, Literal, Operator};

/// Deepest nesting that is read; far beyond what a client has a use for.
const DEEPEST: usize = 40;

#[derive(Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Quoted(String),
    Word(String),
}

/// The expression of a `$filter`, or what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Expression, String> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        depth: 0,
    };
    let expression = parser.alternatives()?;
    match parser.tokens.front() {
        None => Ok(expression),
        Some(token) => Err(format!("unexpected {token:?} after the expression")),
    }
}

/// Words run to the next space, parenthesis or quote, so paths, times and GUIDs are one word each.
fn tokens(text: &str) -> Result<VecDeque<Token>, String> {
    let mut tokens = VecDeque::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let token = match char {
            char if char.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '\'' => {
                let mut content = String::new();
                loop {
                    match chars.next() {
                        None => return Err("a string has no closing quote".to_owned()),
                        Some('\'') if chars.next_if_eq(&'\'').is_some() => content.push('\''),
                        Some('\'') => break,
                        Some(char) => content.push(char),
                    }
                }
                Token::Quoted(content)
            }
            char => {
                let mut word = String::from(char);
                while let Some(char) =
                    chars.next_if(|char| !char.is_whitespace() && !"()'".contains(*char))
                {
                    word.push(char);
                }
                Token::Word(word)
            }
        };
        tokens.push_back(token);
    }
    Ok(tokens)
}

struct Parser {
    tokens: VecDeque<Token>,
    depth: usize,
}

impl Parser {
    fn alternatives(&mut self) -> Result<Expression, String> {
        let mut left = self.conjunction()?;
        while self.takes_word("or") {
            left = Expression::Or(Box::new(left), Box::new(self.conjunction()?));
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Result<Expression, String> {
        let mut left = self.negation()?;
        while self.takes_word("and") {
            left = Expression::And(Box::new(left), Box::new(self.negation()?));
        }
        Ok(left)
    }

    fn negation(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("the expression is nested too deeply".to_owned());
        }
        let expression = if self.takes_word("not") {
            Expression::Not(Box::new(self.negation()?))
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn primary(&mut self) -> Result<Expression, String> {
        let path = match self.tokens.pop_front() {
            Some(Token::Open) => {
                let inner = self.alternatives()?;
                self.expect(&Token::Close)?;
                return Ok(inner);
            }
            Some(Token::Word(path)) => path,
            Some(token) => return Err(format!("expected a property, found {token:?}")),
            None => return Err("expected a property, found the end".to_owned()),
        };
        if let Some(list) = path.strip_suffix("/any") {
            return self.any(segments(list)?);
        }
        let path = segments(&path)?;
        let operator = self.operator()?;
        let literal = self.literal()?;
        Ok(Expression::Compare {
            path,
            operator,
            literal,
        })
    }

    /// `team/any(t:t/email eq 'x')`: the variable, a colon, and an expression whose paths start with the variable.
    fn any(&mut self, list: Vec<String>) -> Result<Expression, String> {
        self.expect(&Token::Open)?;
        let Some(Token::Word(word)) = self.tokens.pop_front() else {
            return Err("any() needs a condition".to_owned());
        };
        let Some((variable, rest)) = word.split_once(':') else {
            return Err(format!("expected a variable and a colon, found {word:?}"));
        };
        if !rest.is_empty() {
            self.tokens.push_front(Token::Word(rest.to_owned()));
        }
        let condition = Box::new(self.alternatives()?);
        self.expect(&Token::Close)?;
        Ok(Expression::Any {
            list,
            variable: variable.to_owned(),
            condition,
        })
    }

    fn operator(&mut self) -> Result<Operator, String> {
        let Some(Token::Word(word)) = self.tokens.pop_front() else {
            return Err("expected an operator".to_owned());
        };
        Ok(match word.as_str() {
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "gt" => Operator::Gt,
            "ge" => Operator::Ge,
            "lt" => Operator::Lt,
            "le" => Operator::Le,
            other => return Err(format!("{other:?} is not an operator")),
        })
    }

    fn literal(&mut self) -> Result<Literal, String> {
        let word = match self.tokens.pop_front() {
            Some(Token::Quoted(text)) => return Ok(Literal::Quoted(text)),
            Some(Token::Word(word)) => word,
            Some(token) => return Err(format!("expected a value, found {token:?}")),
            None => return Err("expected a value, found the end".to_owned()),
        };
        match word.as_str() {
            "null" => return Ok(Literal::Null),
            "true" => return Ok(Literal::Bool(true)),
            "false" => return Ok(Literal::Bool(false)),
            _ => {}
        }
        if let Ok(id) = word.parse::<uuid::Uuid>() {
            return Ok(Literal::Guid(id.to_string()));
        }
        if let Ok(number) = word.parse::<BigDecimal>() {
            return Ok(Literal::Number(number));
        }
        word.parse::<Timestamp>()
            .map(Literal::Time)
            .map_err(|_| format!("{word:?} is not a value; text needs quotes"))
    }

    fn takes_word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.tokens.front(), Some(Token::Word(word)) if word == wanted);
        if found {
            self.tokens.pop_front();
        }
        found
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), String> {
        match self.tokens.pop_front() {
            Some(token) if token == *wanted => Ok(()),
            Some(token) => Err(format!("expected {wanted:?}, found {token:?}")),
            None => Err(format!("expected {wanted:?}, found the end")),
        }
    }
}

fn segments(path: &str) -> Result<Vec<String>, String> {
    let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    let is_name = |segment: &String| {
        !segment.is_empty()
            && segment
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || char == '_')
    };
    if segments.iter().all(is_name) {
        return Ok(segments);
    }
    Err(format!("{path:?} is not a property"))
}
