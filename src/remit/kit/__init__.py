"""Small things that know nothing of sales: ids, clock, money, dates, paging, text."""
