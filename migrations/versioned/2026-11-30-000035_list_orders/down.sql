DROP INDEX purchases_time, purchases_amount, transactions_time, certificates_time, certificates_end, certificates_seller_end,
  organisations_name;
