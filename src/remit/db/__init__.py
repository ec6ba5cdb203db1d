"""The database: embedded server, roles, engines, migrations, backup."""
