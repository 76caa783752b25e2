//! Checkout and what it makes: purchases, one transaction per seller, frozen lines.
