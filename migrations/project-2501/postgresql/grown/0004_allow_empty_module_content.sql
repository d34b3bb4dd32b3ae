-- Modules may have no content
-- Lets modules.content be NULL and says so in a comment. Going down turns missing content into empty text.

-- migrate:up

ALTER TABLE modules ALTER COLUMN content DROP NOT NULL;
COMMENT ON COLUMN modules.content IS 'Text of the module; may be empty when a script fills it in';

INSERT INTO applied_migrations (filename) VALUES ('004_allow_empty_module_content.sql');

-- migrate:down

DELETE FROM applied_migrations WHERE filename = '004_allow_empty_module_content.sql';

COMMENT ON COLUMN modules.content IS NULL;
UPDATE modules SET content = '' WHERE content IS NULL;
ALTER TABLE modules ALTER COLUMN content SET NOT NULL;
