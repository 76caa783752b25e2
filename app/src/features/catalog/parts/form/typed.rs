//! Conversion of the service form's input to a query string and back.

use contracts::{
    catalog::{ServiceInput, StepInput},
    query_text::{push_pair, query_pairs},
};

/// True when the query of an address carries input of the form.
pub fn is_typed(search: &str) -> bool {
    query_pairs(search).iter().any(|(key, _)| key == "title")
}

/// Returns the input and the search text for codes from a query string.
pub fn read(search: &str) -> (ServiceInput, String) {
    let mut input = ServiceInput::default();
    let mut codes_query = String::new();
    for (key, value) in query_pairs(search) {
        match key.as_str() {
            "title" => input.title = value,
            "description" => input.description = value,
            "category" => input.category = value,
            "modality" => input.modality = value,
            "country" => input.country = value,
            "city" => input.city = value,
            "duration_minutes" => input.duration_minutes = value,
            "validity_days" => input.validity_days = value,
            "capacity" => input.capacity = value,
            "currency" => input.currency = value,
            "base_price" => input.base_price = value,
            "quantity" => input.steps.push(StepInput { min_quantity: value, unit_price: String::new() }),
            "price" => {
                if let Some(step) = input.steps.last_mut() {
                    step.unit_price = value;
                }
            }
            "codes" => input.codes.push(value),
            "codes_query" => codes_query = value,
            _ => {}
        }
    }
    (input, codes_query)
}

/// Returns the query string of the input.
pub fn query_of(input: &ServiceInput, codes_query: &str) -> String {
    let mut query = String::new();
    let fields = [
        ("title", &input.title),
        ("description", &input.description),
        ("category", &input.category),
        ("modality", &input.modality),
        ("country", &input.country),
        ("city", &input.city),
        ("duration_minutes", &input.duration_minutes),
        ("validity_days", &input.validity_days),
        ("capacity", &input.capacity),
        ("currency", &input.currency),
        ("base_price", &input.base_price),
    ];
    for (key, value) in fields {
        push_pair(&mut query, key, value);
    }
    for step in &input.steps {
        push_pair(&mut query, "quantity", &step.min_quantity);
        push_pair(&mut query, "price", &step.unit_price);
    }
    for code in &input.codes {
        push_pair(&mut query, "codes", code);
    }
    push_pair(&mut query, "codes_query", codes_query);
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_back() {
        let input = ServiceInput {
            title: "MRI & more".into(),
            description: "# One\n\n100% [x](https://example.org/?a=b&c)".into(),
            steps: vec![
                StepInput::default(),
                StepInput { min_quantity: "10".into(), unit_price: "9,50".into() },
            ],
            codes: vec!["BA00".into(), "5A11".into()],
            ..ServiceInput::default()
        };
        let query = query_of(&input, "diab");
        assert!(is_typed(&query) && !is_typed("?__err=x"));
        assert_eq!(read(&query), (input, "diab".to_owned()));
    }
}
