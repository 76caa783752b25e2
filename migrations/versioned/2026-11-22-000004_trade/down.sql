DROP TABLE commission_lines, transaction_lines, transactions, purchases, cart_lines, carts;
