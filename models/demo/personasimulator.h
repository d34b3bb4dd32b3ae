// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/demo/demosimulator.h"

namespace turnstone {

/// Personas made of templates and modules talk with people, keep variables and remember things.
///
/// Templates name modules that exist; what a module keeps is told once variable by variable
/// ("state") and once as a whole ("bag"), since the variants of the application differ in that.
/// A bigger sample repeats everything under numbered names.
class PersonaSimulator final : public DemoSimulator
{
public:
    PersonaSimulator(const DemoTexts &texts, const Options &options) : m_texts(texts), m_options(options) {}

    const std::vector<DemoStream> &streams() const override;
    std::int64_t expectedRecords() const override { return static_cast<std::int64_t>(m_options.scale) * 93; }
    void run(DemoSink &sink) override;

private:
    const DemoTexts &m_texts;
    Options m_options;
};

} // namespace turnstone
