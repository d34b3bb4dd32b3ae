// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/demo/demosimulator.h"

namespace turnstone {

/// Several models debate questions in up to five rounds until they agree, or do not.
///
/// Confidence rises where a model hears its own position from the others. Of every twelve
/// discussions one is left unfinished, two end without agreement, and in one a model once
/// fails to answer, which leaves nothing but a gap.
class DebateSimulator final : public DemoSimulator
{
public:
    DebateSimulator(const DemoTexts &texts, const Options &options) : m_texts(texts), m_options(options) {}

    const std::vector<DemoStream> &streams() const override;
    std::int64_t expectedRecords() const override { return static_cast<std::int64_t>(m_options.scale) * 230; }
    void run(DemoSink &sink) override;

private:
    const DemoTexts &m_texts;
    Options m_options;
};

} // namespace turnstone
