DROP TABLE undone_sales;
