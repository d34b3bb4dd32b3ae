-- Modules may have no content
-- Lets modules.content be NULL. Going down turns missing content into empty text.

-- migrate:up

ALTER TABLE modules ALTER COLUMN content DROP NOT NULL;

-- migrate:down

UPDATE modules SET content = '' WHERE content IS NULL;
ALTER TABLE modules ALTER COLUMN content SET NOT NULL;
