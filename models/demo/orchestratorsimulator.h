// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/demo/demosimulator.h"

namespace turnstone {

/// A library of text blocks, payloads put together from them, workflows of payloads, and their
/// runs: finished, failed and two that a stopped server left behind, in both spellings of the state.
///
/// Every payload has its response block, found by the tag that names the payload's id. A bigger
/// sample repeats library and workflows under numbered names, so that names stay unambiguous.
class OrchestratorSimulator final : public DemoSimulator
{
public:
    OrchestratorSimulator(const DemoTexts &texts, const Options &options) : m_texts(texts), m_options(options) {}

    const std::vector<DemoStream> &streams() const override;
    std::int64_t expectedRecords() const override { return static_cast<std::int64_t>(m_options.scale) * 108; }
    void run(DemoSink &sink) override;

private:
    const DemoTexts &m_texts;
    Options m_options;
};

} // namespace turnstone
