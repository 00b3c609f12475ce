"""The rules of the trade: prices, discounts, shipping, orders, disputes. Knows no web, no Rasa, no clock."""
