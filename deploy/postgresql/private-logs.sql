-- Keeps customers' names out of PostgreSQL's log; deploy/install runs it for both roles.
-- An error's text, its detail (`Key (email)=(…) already exists`) and its statement quote values. The
-- application logs the code of each error itself (SQLSTATE), without them.
ALTER ROLE wealthai SET log_min_messages = 'fatal';
ALTER ROLE wealthai SET log_min_error_statement = 'panic';
ALTER ROLE wealthai SET log_error_verbosity = 'terse';
ALTER ROLE wealthai SET log_statement = 'none';
ALTER ROLE wealthai SET log_duration = off;
ALTER ROLE wealthai SET log_min_duration_statement = -1;
ALTER ROLE wealthai SET log_min_duration_sample = -1;
ALTER ROLE wealthai SET log_transaction_sample_rate = 0;
ALTER ROLE wealthai SET log_parameter_max_length = 0;
ALTER ROLE wealthai SET log_parameter_max_length_on_error = 0;
