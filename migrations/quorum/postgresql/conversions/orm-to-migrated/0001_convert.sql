-- From the ORM's tables to the migrated ones
-- Gives the columns the defaults of revision 001_quality_tables, replaces the double indexes, keeps the vectors in embedding_vector and writes them as arrays into embedding, too,
-- and records the revision. The HNSW index is built last; that takes a while where there are many vectors.
-- count conversations: SELECT count(*) FROM conversations => SELECT count(*) FROM conversations
-- count messages: SELECT count(*) FROM messages => SELECT count(*) FROM messages
-- count vectors: SELECT count(embedding) FROM message_embeddings => SELECT count(embedding_vector) FROM message_embeddings

-- migrate:up

ALTER TABLE message_embeddings RENAME COLUMN embedding TO embedding_vector;
ALTER TABLE message_embeddings ADD COLUMN embedding double precision[];
UPDATE message_embeddings SET embedding = embedding_vector::real[]::double precision[] WHERE embedding_vector IS NOT NULL;

ALTER TABLE conversations
  ALTER COLUMN current_health_score SET DEFAULT '100.0',
  ALTER COLUMN has_contradictions SET DEFAULT 'false',
  ALTER COLUMN has_loops SET DEFAULT 'false',
  ALTER COLUMN requires_intervention SET DEFAULT 'false',
  ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP,
  ALTER COLUMN updated_at SET DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE messages
  ALTER COLUMN role SET DEFAULT 'agent',
  ALTER COLUMN health_score SET DEFAULT '100.0',
  ALTER COLUMN has_citations SET DEFAULT 'false',
  ALTER COLUMN citations_verified SET DEFAULT 'false',
  ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE message_embeddings
  ALTER COLUMN embedding_model SET DEFAULT 'text-embedding-3-small',
  ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE conversation_quality
  ALTER COLUMN message_count SET DEFAULT '0',
  ALTER COLUMN contradiction_count SET DEFAULT '0',
  ALTER COLUMN loop_count SET DEFAULT '0',
  ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE contradictions
  ALTER COLUMN severity SET DEFAULT 'MEDIUM',
  ALTER COLUMN acknowledged SET DEFAULT 'false',
  ALTER COLUMN resolved SET DEFAULT 'false',
  ALTER COLUMN detected_at SET DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE conversation_loops
  ALTER COLUMN intervention_status SET DEFAULT 'NONE',
  ALTER COLUMN detected_at SET DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE message_citations
  ALTER COLUMN verified SET DEFAULT 'false',
  ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP;

DROP INDEX ix_conversations_user_id;
DROP INDEX ix_messages_conversation_id;
DROP INDEX ix_messages_agent_name;
DROP INDEX ix_message_embeddings_message_id;
DROP INDEX ix_conversation_quality_conversation_id;
DROP INDEX ix_contradictions_conversation_id;
DROP INDEX ix_contradictions_severity;
DROP INDEX ix_conversation_loops_conversation_id;
DROP INDEX ix_conversation_loops_pattern_hash;
DROP INDEX ix_conversation_loops_intervention_status;
DROP INDEX ix_message_citations_message_id;
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_embeddings_vector_hnsw ON message_embeddings
  USING hnsw (embedding_vector vector_cosine_ops) WITH (m = 16, ef_construction = 64);

CREATE TABLE alembic_version (
  version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY
);
INSERT INTO alembic_version (version_num) VALUES ('001_quality_tables');

-- migrate:down

DROP TABLE alembic_version;

DROP INDEX idx_messages_conversation_id;
DROP INDEX idx_embeddings_vector_hnsw;
ALTER TABLE message_embeddings DROP COLUMN embedding;
ALTER TABLE message_embeddings RENAME COLUMN embedding_vector TO embedding;

ALTER TABLE conversations
  ALTER COLUMN current_health_score DROP DEFAULT,
  ALTER COLUMN has_contradictions DROP DEFAULT,
  ALTER COLUMN has_loops DROP DEFAULT,
  ALTER COLUMN requires_intervention DROP DEFAULT,
  ALTER COLUMN created_at DROP DEFAULT,
  ALTER COLUMN updated_at DROP DEFAULT;
ALTER TABLE messages
  ALTER COLUMN role DROP DEFAULT,
  ALTER COLUMN health_score DROP DEFAULT,
  ALTER COLUMN has_citations DROP DEFAULT,
  ALTER COLUMN citations_verified DROP DEFAULT,
  ALTER COLUMN created_at DROP DEFAULT;
ALTER TABLE message_embeddings
  ALTER COLUMN embedding_model DROP DEFAULT,
  ALTER COLUMN created_at DROP DEFAULT;
ALTER TABLE conversation_quality
  ALTER COLUMN message_count DROP DEFAULT,
  ALTER COLUMN contradiction_count DROP DEFAULT,
  ALTER COLUMN loop_count DROP DEFAULT,
  ALTER COLUMN created_at DROP DEFAULT;
ALTER TABLE contradictions
  ALTER COLUMN severity DROP DEFAULT,
  ALTER COLUMN acknowledged DROP DEFAULT,
  ALTER COLUMN resolved DROP DEFAULT,
  ALTER COLUMN detected_at DROP DEFAULT;
ALTER TABLE conversation_loops
  ALTER COLUMN intervention_status DROP DEFAULT,
  ALTER COLUMN detected_at DROP DEFAULT;
ALTER TABLE message_citations
  ALTER COLUMN verified DROP DEFAULT,
  ALTER COLUMN created_at DROP DEFAULT;

CREATE INDEX ix_conversations_user_id ON conversations (user_id);
CREATE INDEX ix_messages_conversation_id ON messages (conversation_id);
CREATE INDEX ix_messages_agent_name ON messages (agent_name);
CREATE INDEX ix_message_embeddings_message_id ON message_embeddings (message_id);
CREATE INDEX ix_conversation_quality_conversation_id ON conversation_quality (conversation_id);
CREATE INDEX ix_contradictions_conversation_id ON contradictions (conversation_id);
CREATE INDEX ix_contradictions_severity ON contradictions (severity);
CREATE INDEX ix_conversation_loops_conversation_id ON conversation_loops (conversation_id);
CREATE INDEX ix_conversation_loops_pattern_hash ON conversation_loops (pattern_hash);
CREATE INDEX ix_conversation_loops_intervention_status ON conversation_loops (intervention_status);
CREATE INDEX ix_message_citations_message_id ON message_citations (message_id);
