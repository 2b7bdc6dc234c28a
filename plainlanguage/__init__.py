"""Du-form and plain language in Swedish plans (PLA-1): rules and word lists, no network, no model, no database."""
