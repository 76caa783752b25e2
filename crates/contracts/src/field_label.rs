//! Labels of form fields, as error messages use them.

/// Returns the label of a field, such as "Legal name". Rows of volume prices carry their number, counted from one. A field that
/// is not in the list gets its own name with spaces.
pub fn field_label(field: &str) -> String {
    if let Some((place, column)) = price_row(field) {
        let column = if column == "min_quantity" { "minimum units" } else { "price per unit" };
        return format!("Volume price {}: {column}", place + 1);
    }
    // one line of the cart's form
    let field = if field.starts_with("lines[") { "quantity" } else { field };
    match LABELS.iter().find(|(name, _)| *name == field.trim_end_matches("[]")) {
        Some((_, label)) => (*label).to_owned(),
        None => own_name(field),
    }
}

/// Parses a field name such as `steps[2][unit_price]` into row and column.
fn price_row(field: &str) -> Option<(usize, &str)> {
    let (place, column) = field.strip_prefix("steps[")?.split_once("][")?;
    Some((place.parse().ok()?, column.strip_suffix(']')?))
}

fn own_name(field: &str) -> String {
    let mut name = field.replace('_', " ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

const LABELS: &[(&str, &str)] = &[
    ("act", "Action"),
    ("actor", "Person"),
    ("after", "Page link"),
    ("all", "Services"),
    ("base_price", "Price per unit"),
    ("before", "Page link"),
    ("block", "ICD-11 block"),
    ("body", "Request body"),
    ("capacity", "Total units for sale"),
    ("changes", "Permissions"),
    ("chapter", "ICD-11 chapter"),
    ("city", "City or town"),
    ("code", "Code"),
    ("codes", "ICD-11 codes"),
    ("confirmation", "Confirmation"),
    ("duration_minutes", "Duration"),
    ("email", "E-mail address"),
    ("entity_id", "Record ID"),
    ("entity_type", "Record type"),
    ("file", "File"),
    ("from", "Start date"),
    ("grant", "Permissions"),
    ("id", "Service"),
    ("kind", "Type"),
    ("level", "Role"),
    ("levels", "Roles"),
    ("max", "Maximum amount"),
    ("min", "Minimum amount"),
    ("modality", "Where it takes place"),
    ("on_behalf_of", "Client name"),
    ("organisation", "Organisation name"),
    ("organisation_name", "Organisation"),
    ("place", "Location"),
    ("price_max", "Maximum price"),
    ("price_min", "Minimum price"),
    ("q", "Search text"),
    ("quantity", "Units"),
    ("query", "Filters"),
    ("shared", "Sharing"),
    ("sort", "Sort order"),
    ("steps", "Volume prices"),
    ("thing", "Record"),
    ("to", "End date"),
    ("undo", "Permissions"),
    ("validity_days", "Certificate validity"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_called_as_people_call_them() {
        assert_eq!(field_label("legal_name"), "Legal name");
        assert_eq!(field_label("codes[]"), "ICD-11 codes");
        assert_eq!(field_label("steps[1][unit_price]"), "Volume price 2: price per unit");
        assert_eq!(field_label("lines[line-0199][typed]"), "Units");
        assert_eq!(field_label(""), "");
    }

    #[test]
    fn labels_are_in_order_and_none_stands_twice() {
        assert!(LABELS.windows(2).all(|pair| pair.first() < pair.last()));
    }
}
