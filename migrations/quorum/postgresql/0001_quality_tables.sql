-- Conversation quality tables
-- Makes the seven tables, two enumerations, 23 btree indexes and one HNSW index of revision 001_quality_tables, and records that revision in alembic_version.
-- Needs the extension vector (pgvector). Going down removes everything but the extension, which other schemas may use.

-- migrate:up

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TYPE contradictionseverity AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL');
CREATE TYPE interventionstatus AS ENUM ('NONE', 'REQUIRED', 'IN_PROGRESS', 'RESOLVED');

CREATE TABLE conversations (
  id varchar(36) NOT NULL PRIMARY KEY,
  user_id varchar(255),
  title varchar(500) NOT NULL,
  topic text,
  current_health_score double precision NOT NULL DEFAULT '100.0'
    CONSTRAINT check_health_score_range CHECK (current_health_score >= 0 AND current_health_score <= 100),
  has_contradictions boolean NOT NULL DEFAULT 'false',
  has_loops boolean NOT NULL DEFAULT 'false',
  requires_intervention boolean NOT NULL DEFAULT 'false',
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_conversations_user_created ON conversations (user_id, created_at);
CREATE INDEX idx_conversations_health ON conversations (current_health_score);
CREATE INDEX idx_conversations_intervention ON conversations (requires_intervention);

CREATE TABLE messages (
  id varchar(36) NOT NULL PRIMARY KEY,
  conversation_id varchar(36) NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  agent_name varchar(255) NOT NULL,
  agent_model varchar(255),
  role varchar(50) NOT NULL DEFAULT 'agent',
  content text NOT NULL,
  sequence_number integer NOT NULL,
  round_number integer,
  turn_index integer,
  health_score double precision NOT NULL DEFAULT '100.0'
    CONSTRAINT check_message_health_score_range CHECK (health_score >= 0 AND health_score <= 100),
  coherence_score double precision
    CONSTRAINT check_coherence_score_range CHECK (coherence_score IS NULL OR (coherence_score >= 0 AND coherence_score <= 100)),
  relevance_score double precision
    CONSTRAINT check_relevance_score_range CHECK (relevance_score IS NULL OR (relevance_score >= 0 AND relevance_score <= 100)),
  has_citations boolean NOT NULL DEFAULT 'false',
  citations_verified boolean NOT NULL DEFAULT 'false',
  tokens_used integer,
  response_time_ms double precision,
  message_metadata json,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_messages_conversation_sequence ON messages (conversation_id, sequence_number);
CREATE INDEX idx_messages_agent ON messages (agent_name);
CREATE INDEX idx_messages_health ON messages (health_score);
CREATE INDEX idx_messages_created ON messages (created_at);
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);

CREATE TABLE message_embeddings (
  id varchar(36) NOT NULL PRIMARY KEY,
  message_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  embedding double precision[],
  embedding_model varchar(255) NOT NULL DEFAULT 'text-embedding-3-small',
  embedding_version varchar(50),
  embedded_text text,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  embedding_vector vector(1536)
);
CREATE INDEX idx_embeddings_message ON message_embeddings (message_id);
CREATE INDEX idx_embeddings_model ON message_embeddings (embedding_model);
CREATE INDEX idx_embeddings_vector_hnsw ON message_embeddings
  USING hnsw (embedding_vector vector_cosine_ops) WITH (m = 16, ef_construction = 64);

CREATE TABLE conversation_quality (
  id varchar(36) NOT NULL PRIMARY KEY,
  conversation_id varchar(36) NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  health_score double precision NOT NULL
    CONSTRAINT check_quality_health_score_range CHECK (health_score >= 0 AND health_score <= 100),
  coherence_score double precision NOT NULL
    CONSTRAINT check_quality_coherence_score_range CHECK (coherence_score >= 0 AND coherence_score <= 100),
  contradiction_score double precision NOT NULL
    CONSTRAINT check_quality_contradiction_score_range CHECK (contradiction_score >= 0 AND contradiction_score <= 100),
  loop_score double precision NOT NULL
    CONSTRAINT check_quality_loop_score_range CHECK (loop_score >= 0 AND loop_score <= 100),
  citation_score double precision NOT NULL
    CONSTRAINT check_quality_citation_score_range CHECK (citation_score >= 0 AND citation_score <= 100),
  message_count integer NOT NULL DEFAULT '0',
  contradiction_count integer NOT NULL DEFAULT '0',
  loop_count integer NOT NULL DEFAULT '0',
  analysis_metadata json,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_quality_conversation_created ON conversation_quality (conversation_id, created_at);
CREATE INDEX idx_quality_health ON conversation_quality (health_score);

CREATE TABLE contradictions (
  id varchar(36) NOT NULL PRIMARY KEY,
  conversation_id varchar(36) NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  message_1_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  message_2_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  severity contradictionseverity NOT NULL DEFAULT 'MEDIUM',
  confidence double precision NOT NULL
    CONSTRAINT check_contradiction_confidence_range CHECK (confidence >= 0 AND confidence <= 1),
  semantic_similarity double precision NOT NULL
    CONSTRAINT check_semantic_similarity_range CHECK (semantic_similarity >= 0 AND semantic_similarity <= 1),
  statement_1 text NOT NULL,
  statement_2 text NOT NULL,
  explanation text,
  resolution_suggestion text,
  acknowledged boolean NOT NULL DEFAULT 'false',
  resolved boolean NOT NULL DEFAULT 'false',
  detection_metadata json,
  detected_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  resolved_at timestamp,
  CONSTRAINT check_different_messages CHECK (message_1_id != message_2_id)
);
CREATE INDEX idx_contradictions_conversation ON contradictions (conversation_id);
CREATE INDEX idx_contradictions_severity ON contradictions (severity);
CREATE INDEX idx_contradictions_resolved ON contradictions (resolved);
CREATE INDEX idx_contradictions_messages ON contradictions (message_1_id, message_2_id);

CREATE TABLE conversation_loops (
  id varchar(36) NOT NULL PRIMARY KEY,
  conversation_id varchar(36) NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  pattern_hash varchar(64) NOT NULL,
  pattern_description text,
  loop_size integer NOT NULL
    CONSTRAINT check_loop_size_minimum CHECK (loop_size >= 2),
  repetition_count integer NOT NULL
    CONSTRAINT check_repetition_count_minimum CHECK (repetition_count >= 2),
  first_occurrence_message_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  last_occurrence_message_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  intervention_status interventionstatus NOT NULL DEFAULT 'NONE',
  intervention_message text,
  detection_metadata json,
  detected_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  resolved_at timestamp
);
CREATE INDEX idx_loops_conversation ON conversation_loops (conversation_id);
CREATE INDEX idx_loops_pattern ON conversation_loops (pattern_hash);
CREATE INDEX idx_loops_intervention ON conversation_loops (intervention_status);
CREATE INDEX idx_loops_detected ON conversation_loops (detected_at);

CREATE TABLE message_citations (
  id varchar(36) NOT NULL PRIMARY KEY,
  message_id varchar(36) NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  citation_text text NOT NULL,
  source_url varchar(2048),
  source_title varchar(500),
  source_type varchar(50),
  start_position integer,
  end_position integer,
  verified boolean NOT NULL DEFAULT 'false',
  verification_method varchar(100),
  verification_confidence double precision
    CONSTRAINT check_verification_confidence_range CHECK (verification_confidence IS NULL OR (verification_confidence >= 0 AND verification_confidence <= 1)),
  source_quality_score double precision
    CONSTRAINT check_source_quality_range CHECK (source_quality_score IS NULL OR (source_quality_score >= 0 AND source_quality_score <= 100)),
  relevance_score double precision
    CONSTRAINT check_citation_relevance_range CHECK (relevance_score IS NULL OR (relevance_score >= 0 AND relevance_score <= 100)),
  message_metadata json,
  created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  verified_at timestamp
);
CREATE INDEX idx_citations_message ON message_citations (message_id);
CREATE INDEX idx_citations_verified ON message_citations (verified);
CREATE INDEX idx_citations_source_type ON message_citations (source_type);

CREATE TABLE alembic_version (
  version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY
);
INSERT INTO alembic_version (version_num) VALUES ('001_quality_tables');

-- migrate:down

DROP TABLE alembic_version;
DROP TABLE message_citations;
DROP TABLE conversation_loops;
DROP TABLE contradictions;
DROP TABLE conversation_quality;
DROP TABLE message_embeddings;
DROP TABLE messages;
DROP TABLE conversations;
DROP TYPE interventionstatus;
DROP TYPE contradictionseverity;
