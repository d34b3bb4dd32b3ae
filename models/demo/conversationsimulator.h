// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/demo/demosimulator.h"

namespace turnstone {

/// Four agents discuss a subject in six rounds while their conversation is watched: its health
/// falls with every contradiction and every loop and recovers when they are settled. Citations
/// stand at their offsets (in characters, end excluded) in the message; embeddings are those of
/// TextEmbedding, and the similarity of two contradicting messages is really theirs.
class ConversationSimulator final : public DemoSimulator
{
public:
    ConversationSimulator(const DemoTexts &texts, const Options &options) : m_texts(texts), m_options(options) {}

    const std::vector<DemoStream> &streams() const override;
    std::int64_t expectedRecords() const override { return static_cast<std::int64_t>(m_options.scale) * 610; }
    void run(DemoSink &sink) override;

private:
    const DemoTexts &m_texts;
    Options m_options;
};

} // namespace turnstone
