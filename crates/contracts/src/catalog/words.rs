//! Closed vocabularies of the market: categories, modalities and sort orders.

use crate::text_enum::text_enum;

/// Attribution in WHO's words, shown beside all ICD-11 titles (CC BY-ND 3.0 IGO).
pub const ICD11_ATTRIBUTION: &str = "International Classification of Diseases, Eleventh Revision (ICD-11), World Health \
     Organization (WHO) 2019/2021, https://icd.who.int/browse11. Licensed under Creative Commons Attribution-NoDerivatives \
     3.0 IGO (CC BY-ND 3.0 IGO).";

text_enum! {
    /// Sort orders of a provider's own services.
    #[derive(Default)]
    ServiceSort {
        /// Last changed first.
        #[default]
        Newest = "newest",
        Oldest = "oldest",
        Title = "title",
        TitleBack = "title_back",
        /// By currency, then by price per unit.
        Cheapest = "cheapest",
        Dearest = "dearest",
        State = "state",
        StateBack = "state_back",
    }
}

text_enum! {
    /// Parts of a service in which two versions can differ.
    VersionPart {
        Title = "title",
        Description = "description",
        Category = "category",
        Place = "place",
        Duration = "duration",
        Validity = "validity",
        Price = "price",
        Codes = "codes",
    }
}

impl VersionPart {
    /// Returns the label on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Description => "Description",
            Self::Category => "Category",
            Self::Place => "Location",
            Self::Duration => "Duration",
            Self::Validity => "Certificate validity",
            Self::Price => "Price",
            Self::Codes => "ICD-11 codes",
        }
    }
}

text_enum! {
    /// Category of healthcare.
    Category {
        Consultation = "consultation",
        Imaging = "imaging",
        Laboratory = "laboratory",
        Screening = "screening",
        Surgery = "surgery",
        Therapy = "therapy",
        Dental = "dental",
        EyeCare = "eye_care",
        Maternity = "maternity",
        MentalHealth = "mental_health",
        ChronicCare = "chronic_care",
        Oncology = "oncology",
        HomeCare = "home_care",
        Emergency = "emergency",
        Pharmacy = "pharmacy",
        Other = "other",
    }
}

impl Category {
    /// Returns the label on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Consultation => "Consultation",
            Self::Imaging => "Imaging",
            Self::Laboratory => "Laboratory",
            Self::Screening => "Screening and prevention",
            Self::Surgery => "Surgery",
            Self::Therapy => "Therapy and rehabilitation",
            Self::Dental => "Dental care",
            Self::EyeCare => "Eye care",
            Self::Maternity => "Maternity",
            Self::MentalHealth => "Mental health",
            Self::ChronicCare => "Chronic care",
            Self::Oncology => "Cancer care",
            Self::HomeCare => "Home care",
            Self::Emergency => "Emergency and transport",
            Self::Pharmacy => "Medicines and devices",
            Self::Other => "Other",
        }
    }
}

text_enum! {
    /// Place of delivery: on site, remote or at the patient's home.
    Modality { OnSite = "on_site", Remote = "remote", AtHome = "at_home" }
}

impl Modality {
    /// Returns the label on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OnSite => "On site",
            Self::Remote => "Remote",
            Self::AtHome => "At home",
        }
    }
}

/// True when `codes` are all extension codes (chapter X). Extension codes only add detail to a stem code, so that a service
/// with no stem code cannot be published. False for no codes.
pub fn has_extension_codes_alone<'a>(codes: impl IntoIterator<Item = &'a str>) -> bool {
    let mut codes = codes.into_iter().peekable();
    codes.peek().is_some() && codes.all(|code| code.starts_with('X'))
}
