//! The line icons: a closed list, each drawn as one path of 1.75 px on a 24 px grid.
//!
//! The shapes are Lucide's (ISC licence, <https://lucide.dev/license>), with circles and rectangles rewritten as paths.

mod paths;

use leptos::prelude::*;
use maud::{Markup, html};

/// An icon of the kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Lucide `circle-alert`.
    Alert,
    /// Lucide `archive`.
    Archive,
    /// Lucide `arrow-down`.
    ArrowDown,
    /// Lucide `arrow-right`.
    ArrowRight,
    /// Lucide `arrow-up`.
    ArrowUp,
    /// Lucide `arrow-up-down`.
    ArrowUpDown,
    /// Lucide `badge-check`.
    Badge,
    /// Lucide `banknote`.
    Banknote,
    /// Lucide `bell`.
    Bell,
    /// Lucide `building-2`.
    Building,
    /// Lucide `calendar`.
    Calendar,
    /// Lucide `camera`.
    Camera,
    /// Lucide `shopping-cart`.
    Cart,
    /// Lucide `file-badge`.
    Certificate,
    /// Lucide `chart-column`.
    Chart,
    /// Lucide `check`.
    Check,
    /// Lucide `circle-check`.
    CheckCircle,
    /// Lucide `chevron-down`.
    ChevronDown,
    /// Lucide `chevron-left`.
    ChevronLeft,
    /// Lucide `chevron-right`.
    ChevronRight,
    /// Lucide `chevrons-up-down`.
    ChevronsUpDown,
    /// Lucide `clock`.
    Clock,
    /// Lucide `copy`.
    Copy,
    /// Lucide `credit-card`.
    CreditCard,
    /// Lucide `layout-dashboard`.
    Dashboard,
    /// Lucide `file-text`.
    Document,
    /// Lucide `download`.
    Download,
    /// Lucide `ellipsis`.
    Dots,
    /// Lucide `pencil`.
    Edit,
    /// Lucide `external-link`.
    External,
    /// Lucide `eye`.
    Eye,
    /// Lucide `eye-off`.
    EyeOff,
    /// Lucide `sliders-horizontal`.
    Filter,
    /// Lucide `fingerprint-pattern`.
    Fingerprint,
    /// Lucide `house`.
    Home,
    /// Lucide `info`.
    Info,
    /// Lucide `key-round`.
    Key,
    /// Lucide `keyboard`.
    Keyboard,
    /// Lucide `laptop`.
    Laptop,
    /// Lucide `list`.
    List,
    /// Lucide `lock`.
    Lock,
    /// Lucide `log-in`.
    LogIn,
    /// Lucide `log-out`.
    LogOut,
    /// Lucide `mail`.
    Mail,
    /// Lucide `map-pin`.
    MapPin,
    /// Lucide `menu`.
    Menu,
    /// Lucide `minus`.
    Minus,
    /// Lucide `moon`.
    Moon,
    /// Lucide `wifi-off`.
    Offline,
    /// Lucide `clipboard-list`.
    Orders,
    /// Lucide `pause`.
    Pause,
    /// Lucide `play`.
    Play,
    /// Lucide `plus`.
    Plus,
    /// Lucide `printer`.
    Printer,
    /// Lucide `receipt-text`.
    Purchases,
    /// Lucide `qr-code`.
    QrCode,
    /// Lucide `refresh-cw`.
    Refresh,
    /// Lucide `scale`.
    Scale,
    /// Lucide `scan-line`.
    Scan,
    /// Lucide `search`.
    Search,
    /// Lucide `send`.
    Send,
    /// Lucide `server`.
    Server,
    /// Lucide `stethoscope`.
    Services,
    /// Lucide `settings`.
    Settings,
    /// Lucide `shield`.
    Shield,
    /// Lucide `shield-check`.
    ShieldCheck,
    /// Lucide `store`.
    Store,
    /// Lucide `sun`.
    Sun,
    /// Lucide `trash-2`.
    Trash,
    /// Lucide `trending-down`.
    TrendDown,
    /// Lucide `trending-up`.
    TrendUp,
    /// Lucide `undo-2`.
    Undo,
    /// Lucide `upload`.
    Upload,
    /// Lucide `user`.
    User,
    /// Lucide `user-plus`.
    UserPlus,
    /// Lucide `users`.
    Users,
    /// Lucide `triangle-alert`.
    Warning,
    /// Lucide `x`.
    X,
    /// Lucide `circle-x`.
    XCircle,
}

/// Size of an icon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IconSize {
    /// 16 px, beside 13 and 14 px text.
    Small,
    /// 20 px, in controls and the side navigation.
    #[default]
    Regular,
    /// 28 px, in empty states.
    Large,
    /// 72 px, for the result of a scan.
    Huge,
}

impl IconSize {
    const fn class(self) -> &'static str {
        match self {
            Self::Small => "icon icon-sm",
            Self::Regular => "icon",
            Self::Large => "icon icon-lg",
            Self::Huge => "icon icon-xl",
        }
    }
}

impl Icon {
    /// Returns the icon as markup, for HTML written as one piece.
    pub fn markup(self, size: IconSize) -> Markup {
        html! { svg class=(size.class()) viewBox="0 0 24 24" aria-hidden="true" { path d=(self.path()) {} } }
    }
}

/// Draws an icon. It is decorative: the text beside it, or the control's label, carries the meaning.
#[component]
pub fn Glyph(
    /// The icon.
    icon: Icon,
    /// Size.
    #[prop(optional)]
    size: IconSize,
) -> impl IntoView {
    view! {
        <svg class=size.class() viewBox="0 0 24 24" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
}
