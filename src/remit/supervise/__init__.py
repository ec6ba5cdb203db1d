"""`remit up`: keeps the database, the web server and the worker running as one program."""
