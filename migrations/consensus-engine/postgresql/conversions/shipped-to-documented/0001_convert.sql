-- From the shipped tables to the documented ones
-- Renames rounds and responses and adds what the document lists: consensus_score, the type, prompt and end of a round.
-- Everything that is stored has a place: a round's created_at becomes its start; its type follows from its number (0 PRE_FLOP to 4 SHOWDOWN);
-- prompts of rounds were never stored and become empty texts. Going down is refused while a value of the document's own columns would be lost.
-- count discussions: SELECT count(*) FROM discussions => SELECT count(*) FROM discussions
-- count rounds: SELECT count(*) FROM discussion_rounds => SELECT count(*) FROM rounds
-- count responses: SELECT count(*) FROM llm_responses => SELECT count(*) FROM model_responses
-- count discussions with a consensus: SELECT count(*) FROM discussions WHERE consensus_reached = 1 => SELECT count(*) FROM discussions WHERE consensus_reached
-- count values without a place: SELECT 0 => SELECT (SELECT count(*) FROM discussions WHERE consensus_score IS NOT NULL) + (SELECT count(*) FROM rounds WHERE completed_at IS NOT NULL OR prompt <> '')

-- migrate:up

ALTER TABLE discussions
  ALTER COLUMN prompt TYPE varchar,
  ALTER COLUMN final_consensus TYPE varchar,
  ALTER COLUMN consensus_reached TYPE boolean USING consensus_reached <> 0,
  ADD COLUMN consensus_score double precision;

ALTER TABLE discussion_rounds RENAME TO rounds;
ALTER SEQUENCE discussion_rounds_id_seq RENAME TO rounds_id_seq;
ALTER TABLE rounds RENAME CONSTRAINT discussion_rounds_pkey TO rounds_pkey;
ALTER TABLE rounds RENAME CONSTRAINT discussion_rounds_discussion_id_fkey TO rounds_discussion_id_fkey;
ALTER TABLE rounds RENAME COLUMN created_at TO started_at;
ALTER TABLE rounds
  ADD COLUMN round_type varchar,
  ADD COLUMN completed_at timestamp,
  ADD COLUMN prompt varchar NOT NULL DEFAULT '';
UPDATE rounds SET round_type = CASE round_number WHEN 0 THEN 'PRE_FLOP' WHEN 1 THEN 'FLOP' WHEN 2 THEN 'TURN' WHEN 3 THEN 'RIVER' WHEN 4 THEN 'SHOWDOWN' ELSE 'ROUND ' || round_number END;
ALTER TABLE rounds ALTER COLUMN round_type SET NOT NULL, ALTER COLUMN prompt DROP DEFAULT;

ALTER TABLE llm_responses RENAME TO model_responses;
ALTER SEQUENCE llm_responses_id_seq RENAME TO model_responses_id_seq;
ALTER TABLE model_responses RENAME CONSTRAINT llm_responses_pkey TO model_responses_pkey;
ALTER TABLE model_responses RENAME CONSTRAINT llm_responses_round_id_fkey TO model_responses_round_id_fkey;
ALTER TABLE model_responses RENAME COLUMN llm_name TO model_name;
ALTER TABLE model_responses ALTER COLUMN model_name TYPE varchar, ALTER COLUMN response_text TYPE varchar;

CREATE TABLE alembic_version (
  version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY
);
INSERT INTO alembic_version (version_num) VALUES ('001_initial');

-- migrate:down

DROP TABLE alembic_version;

ALTER TABLE model_responses ALTER COLUMN model_name TYPE varchar(100), ALTER COLUMN response_text TYPE text;
ALTER TABLE model_responses RENAME COLUMN model_name TO llm_name;
ALTER TABLE model_responses RENAME CONSTRAINT model_responses_round_id_fkey TO llm_responses_round_id_fkey;
ALTER TABLE model_responses RENAME CONSTRAINT model_responses_pkey TO llm_responses_pkey;
ALTER SEQUENCE model_responses_id_seq RENAME TO llm_responses_id_seq;
ALTER TABLE model_responses RENAME TO llm_responses;

ALTER TABLE rounds DROP COLUMN round_type, DROP COLUMN completed_at, DROP COLUMN prompt;
ALTER TABLE rounds RENAME COLUMN started_at TO created_at;
ALTER TABLE rounds RENAME CONSTRAINT rounds_discussion_id_fkey TO discussion_rounds_discussion_id_fkey;
ALTER TABLE rounds RENAME CONSTRAINT rounds_pkey TO discussion_rounds_pkey;
ALTER SEQUENCE rounds_id_seq RENAME TO discussion_rounds_id_seq;
ALTER TABLE rounds RENAME TO discussion_rounds;

ALTER TABLE discussions
  DROP COLUMN consensus_score,
  ALTER COLUMN consensus_reached TYPE integer USING consensus_reached::integer,
  ALTER COLUMN final_consensus TYPE text,
  ALTER COLUMN prompt TYPE text;
