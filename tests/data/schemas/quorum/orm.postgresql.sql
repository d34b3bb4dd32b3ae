-- SPDX-License-Identifier: GPL-3.0-or-later
-- Quorum, variant "orm": what create_all of the application's classes makes on PostgreSQL with pgvector.
-- One embedding column of type vector, no defaults anywhere, no Alembic table, and the ix_* indexes beside the idx_* ones.

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TYPE contradictionseverity AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL');
CREATE TYPE interventionstatus AS ENUM ('NONE', 'REQUIRED', 'IN_PROGRESS', 'RESOLVED');

CREATE TABLE conversations (
    id VARCHAR(36) NOT NULL,
    user_id VARCHAR(255),
    title VARCHAR(500) NOT NULL,
    topic TEXT,
    current_health_score FLOAT NOT NULL,
    has_contradictions BOOLEAN NOT NULL,
    has_loops BOOLEAN NOT NULL,
    requires_intervention BOOLEAN NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT check_health_score_range CHECK (current_health_score >= 0 AND current_health_score <= 100)
);

CREATE INDEX idx_conversations_user_created ON conversations (user_id, created_at);
CREATE INDEX idx_conversations_health ON conversations (current_health_score);
CREATE INDEX idx_conversations_intervention ON conversations (requires_intervention);
CREATE INDEX ix_conversations_user_id ON conversations (user_id);

CREATE TABLE messages (
    id VARCHAR(36) NOT NULL,
    conversation_id VARCHAR(36) NOT NULL,
    agent_name VARCHAR(255) NOT NULL,
    agent_model VARCHAR(255),
    role VARCHAR(50) NOT NULL,
    content TEXT NOT NULL,
    sequence_number INTEGER NOT NULL,
    round_number INTEGER,
    turn_index INTEGER,
    health_score FLOAT NOT NULL,
    coherence_score FLOAT,
    relevance_score FLOAT,
    has_citations BOOLEAN NOT NULL,
    citations_verified BOOLEAN NOT NULL,
    tokens_used INTEGER,
    response_time_ms FLOAT,
    message_metadata JSON,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    PRIMARY KEY (id),
    CONSTRAINT check_message_health_score_range CHECK (health_score >= 0 AND health_score <= 100),
    CONSTRAINT check_coherence_score_range CHECK (coherence_score IS NULL OR (coherence_score >= 0 AND coherence_score <= 100)),
    CONSTRAINT check_relevance_score_range CHECK (relevance_score IS NULL OR (relevance_score >= 0 AND relevance_score <= 100))
);

CREATE INDEX idx_messages_conversation_sequence ON messages (conversation_id, sequence_number);
CREATE INDEX idx_messages_agent ON messages (agent_name);
CREATE INDEX idx_messages_health ON messages (health_score);
CREATE INDEX idx_messages_created ON messages (created_at);
CREATE INDEX ix_messages_conversation_id ON messages (conversation_id);
CREATE INDEX ix_messages_agent_name ON messages (agent_name);

CREATE TABLE message_embeddings (
    id VARCHAR(36) NOT NULL,
    message_id VARCHAR(36) NOT NULL,
    embedding VECTOR(1536),
    embedding_model VARCHAR(255) NOT NULL,
    embedding_version VARCHAR(50),
    embedded_text TEXT,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    FOREIGN KEY(message_id) REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (id)
);

CREATE INDEX idx_embeddings_message ON message_embeddings (message_id);
CREATE INDEX idx_embeddings_model ON message_embeddings (embedding_model);
CREATE INDEX ix_message_embeddings_message_id ON message_embeddings (message_id);

CREATE TABLE conversation_quality (
    id VARCHAR(36) NOT NULL,
    conversation_id VARCHAR(36) NOT NULL,
    health_score FLOAT NOT NULL,
    coherence_score FLOAT NOT NULL,
    contradiction_score FLOAT NOT NULL,
    loop_score FLOAT NOT NULL,
    citation_score FLOAT NOT NULL,
    message_count INTEGER NOT NULL,
    contradiction_count INTEGER NOT NULL,
    loop_count INTEGER NOT NULL,
    analysis_metadata JSON,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    PRIMARY KEY (id),
    CONSTRAINT check_quality_health_score_range CHECK (health_score >= 0 AND health_score <= 100),
    CONSTRAINT check_quality_coherence_score_range CHECK (coherence_score >= 0 AND coherence_score <= 100),
    CONSTRAINT check_quality_contradiction_score_range CHECK (contradiction_score >= 0 AND contradiction_score <= 100),
    CONSTRAINT check_quality_loop_score_range CHECK (loop_score >= 0 AND loop_score <= 100),
    CONSTRAINT check_quality_citation_score_range CHECK (citation_score >= 0 AND citation_score <= 100)
);

CREATE INDEX idx_quality_conversation_created ON conversation_quality (conversation_id, created_at);
CREATE INDEX idx_quality_health ON conversation_quality (health_score);
CREATE INDEX ix_conversation_quality_conversation_id ON conversation_quality (conversation_id);

CREATE TABLE contradictions (
    id VARCHAR(36) NOT NULL,
    conversation_id VARCHAR(36) NOT NULL,
    message_1_id VARCHAR(36) NOT NULL,
    message_2_id VARCHAR(36) NOT NULL,
    severity contradictionseverity NOT NULL,
    confidence FLOAT NOT NULL,
    semantic_similarity FLOAT NOT NULL,
    statement_1 TEXT NOT NULL,
    statement_2 TEXT NOT NULL,
    explanation TEXT,
    resolution_suggestion TEXT,
    acknowledged BOOLEAN NOT NULL,
    resolved BOOLEAN NOT NULL,
    detection_metadata JSON,
    detected_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    resolved_at TIMESTAMP WITHOUT TIME ZONE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(message_1_id) REFERENCES messages (id) ON DELETE CASCADE,
    FOREIGN KEY(message_2_id) REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (id),
    CONSTRAINT check_contradiction_confidence_range CHECK (confidence >= 0 AND confidence <= 1),
    CONSTRAINT check_semantic_similarity_range CHECK (semantic_similarity >= 0 AND semantic_similarity <= 1),
    CONSTRAINT check_different_messages CHECK (message_1_id != message_2_id)
);

CREATE INDEX idx_contradictions_conversation ON contradictions (conversation_id);
CREATE INDEX idx_contradictions_severity ON contradictions (severity);
CREATE INDEX idx_contradictions_resolved ON contradictions (resolved);
CREATE INDEX idx_contradictions_messages ON contradictions (message_1_id, message_2_id);
CREATE INDEX ix_contradictions_conversation_id ON contradictions (conversation_id);
CREATE INDEX ix_contradictions_severity ON contradictions (severity);

CREATE TABLE conversation_loops (
    id VARCHAR(36) NOT NULL,
    conversation_id VARCHAR(36) NOT NULL,
    pattern_hash VARCHAR(64) NOT NULL,
    pattern_description TEXT,
    loop_size INTEGER NOT NULL,
    repetition_count INTEGER NOT NULL,
    first_occurrence_message_id VARCHAR(36) NOT NULL,
    last_occurrence_message_id VARCHAR(36) NOT NULL,
    intervention_status interventionstatus NOT NULL,
    intervention_message TEXT,
    detection_metadata JSON,
    detected_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    resolved_at TIMESTAMP WITHOUT TIME ZONE,
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    FOREIGN KEY(first_occurrence_message_id) REFERENCES messages (id) ON DELETE CASCADE,
    FOREIGN KEY(last_occurrence_message_id) REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (id),
    CONSTRAINT check_loop_size_minimum CHECK (loop_size >= 2),
    CONSTRAINT check_repetition_count_minimum CHECK (repetition_count >= 2)
);

CREATE INDEX idx_loops_conversation ON conversation_loops (conversation_id);
CREATE INDEX idx_loops_pattern ON conversation_loops (pattern_hash);
CREATE INDEX idx_loops_intervention ON conversation_loops (intervention_status);
CREATE INDEX idx_loops_detected ON conversation_loops (detected_at);
CREATE INDEX ix_conversation_loops_conversation_id ON conversation_loops (conversation_id);
CREATE INDEX ix_conversation_loops_pattern_hash ON conversation_loops (pattern_hash);
CREATE INDEX ix_conversation_loops_intervention_status ON conversation_loops (intervention_status);

CREATE TABLE message_citations (
    id VARCHAR(36) NOT NULL,
    message_id VARCHAR(36) NOT NULL,
    citation_text TEXT NOT NULL,
    source_url VARCHAR(2048),
    source_title VARCHAR(500),
    source_type VARCHAR(50),
    start_position INTEGER,
    end_position INTEGER,
    verified BOOLEAN NOT NULL,
    verification_method VARCHAR(100),
    verification_confidence FLOAT,
    source_quality_score FLOAT,
    relevance_score FLOAT,
    message_metadata JSON,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    verified_at TIMESTAMP WITHOUT TIME ZONE,
    FOREIGN KEY(message_id) REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (id),
    CONSTRAINT check_verification_confidence_range CHECK (verification_confidence IS NULL OR (verification_confidence >= 0 AND verification_confidence <= 1)),
    CONSTRAINT check_source_quality_range CHECK (source_quality_score IS NULL OR (source_quality_score >= 0 AND source_quality_score <= 100)),
    CONSTRAINT check_citation_relevance_range CHECK (relevance_score IS NULL OR (relevance_score >= 0 AND relevance_score <= 100))
);

CREATE INDEX idx_citations_message ON message_citations (message_id);
CREATE INDEX idx_citations_verified ON message_citations (verified);
CREATE INDEX idx_citations_source_type ON message_citations (source_type);
CREATE INDEX ix_message_citations_message_id ON message_citations (message_id);
