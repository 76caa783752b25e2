//! The hand-written tables: organisations that do not exist, and what such houses sell. One line each, columns between bars.

use super::super::CommandError;

/// An invented organisation and its owner.
#[derive(Clone, Debug)]
pub(super) struct House {
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    pub(super) legal_name: &'static str,
    pub(super) country: &'static str,
    pub(super) city: &'static str,
    pub(super) currency: &'static str,
    pub(super) mailbox: &'static str,
    pub(super) owner: &'static str,
    pub(super) categories: Vec<&'static str>,
}

/// Something a provider sells.
#[derive(Clone, Debug)]
pub(super) struct Procedure {
    pub(super) title: &'static str,
    pub(super) category: &'static str,
    pub(super) modality: &'static str,
    pub(super) codes: Vec<&'static str>,
    pub(super) minutes: u32,
    /// Typical price in whole euros.
    pub(super) euros: u32,
    pub(super) validity_days: u32,
    pub(super) about: &'static str,
    pub(super) included: Vec<&'static str>,
}

fn columns<const N: usize>(line: &'static str) -> Result<[&'static str; N], CommandError> {
    let cells: Vec<_> = line.split(" | ").map(str::trim).collect();
    cells.try_into().map_err(|_| unreadable(line))
}

fn unreadable(line: &str) -> CommandError {
    CommandError::Message(format!("a line of the seed tables is not valid: {line}"))
}

fn number(cell: &str, line: &str) -> Result<u32, CommandError> {
    cell.parse().map_err(|_| unreadable(line))
}

fn list(cell: &'static str, separator: char) -> Vec<&'static str> {
    cell.split(separator).map(str::trim).collect()
}

/// Every organisation of the demo market.
pub(super) fn houses() -> Result<Vec<House>, CommandError> {
    include_str!("organisations.txt")
        .lines()
        .map(|line| {
            let [kind, name, legal_name, country, city, currency, mailbox, owner, categories] =
                columns(line)?;
            let categories = list(categories, ',');
            Ok(House { kind, name, legal_name, country, city, currency, mailbox, owner, categories })
        })
        .collect()
}

/// Every procedure.
pub(super) fn procedures() -> Result<Vec<Procedure>, CommandError> {
    include_str!("procedures.txt")
        .lines()
        .map(|line| {
            let [title, category, modality, codes, minutes, euros, days, about, included] = columns(line)?;
            Ok(Procedure {
                title,
                category,
                modality,
                codes: list(codes, ','),
                minutes: number(minutes, line)?,
                euros: number(euros, line)?,
                validity_days: number(days, line)?,
                about,
                included: list(included, ';'),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use contracts::catalog::{Category, Modality};

    use super::*;

    #[test]
    fn every_line_reads_and_every_code_is_in_the_starter_set() {
        let starter = include_str!(
            "../../../../crates/icd11/starter/SimpleTabulation-ICD-11-MMS-en.2025-01.starter.txt"
        );
        let procedures = procedures().unwrap();
        assert!(procedures.len() >= 60);
        for procedure in &procedures {
            procedure.category.parse::<Category>().unwrap();
            procedure.modality.parse::<Modality>().unwrap();
            for code in &procedure.codes {
                assert!(starter.contains(&format!("\t{code}\t")), "{code} of {}", procedure.title);
            }
        }
    }

    #[test]
    fn the_cast_is_large_enough_and_each_provider_has_something_to_sell() {
        let (houses, procedures) = (houses().unwrap(), procedures().unwrap());
        let count = |kind: &str| houses.iter().filter(|house| house.kind == kind).count();
        assert!(count("provider") >= 12 && count("insurer") >= 3 && count("intermediary") >= 3);
        for house in houses.iter().filter(|house| house.kind == "provider") {
            let sells = procedures.iter().any(|one| house.categories.contains(&one.category));
            assert!(sells, "{} sells nothing", house.name);
        }
    }

    #[test]
    fn a_house_of_one_kind_sells_only_what_fits_it() {
        let fitting: [(&str, &[&str]); 9] = [
            ("Dental", &["dental"]),
            ("Mental Health", &["mental_health"]),
            ("Psykologi", &["mental_health"]),
            ("Ögonkliniken", &["eye_care"]),
            ("Lab", &["laboratory"]),
            ("Imaging", &["imaging", "screening"]),
            ("Home Care", &["home_care"]),
            ("Reha", &["therapy", "home_care"]),
            ("Maternidade", &["maternity"]),
        ];
        for house in houses().unwrap() {
            for (_, fits) in fitting.iter().filter(|(word, _)| house.name.contains(word)) {
                let strange: Vec<_> = house.categories.iter().filter(|one| !fits.contains(one)).collect();
                assert!(strange.is_empty(), "{} sells {strange:?}", house.name);
            }
        }
    }
}
