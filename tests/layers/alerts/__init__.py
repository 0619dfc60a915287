"""Alert rules, who hears of alerts, and what becomes of them."""
