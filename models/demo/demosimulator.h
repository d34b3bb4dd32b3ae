// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/demo/democell.h"
#include "models/demo/demotexts.h"

#include <QByteArray>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <vector>

namespace turnstone {

/// A kind of record that a simulator makes. A field that holds a list names its inner fields in
/// brackets: "messages(speaker,text)".
struct DemoStream
{
    QByteArray name;
    std::vector<QByteArray> fields;
};

/// Takes the records of a simulator in an order in which no record refers to a later one.
class DemoSink
{
public:
    virtual ~DemoSink() = default;
    /// `cells` are as many as the stream has fields. False asks the simulator to stop.
    virtual bool take(int stream, const DemoCell *cells) = 0;
    bool take(int stream, std::initializer_list<DemoCell> cells) { return take(stream, cells.begin()); }
};

/// Plays one application for a while and tells what happened. Knows no table and no column.
/// The same seed and scale give the same records everywhere. Not thread-safe.
class DemoSimulator
{
public:
    struct Options
    {
        std::uint64_t seed = 1;
        int scale = 1;
    };

    virtual ~DemoSimulator() = default;
    virtual const std::vector<DemoStream> &streams() const = 0;
    /// About as many records as run() makes, for the progress.
    virtual std::int64_t expectedRecords() const = 0;
    virtual void run(DemoSink &sink) = 0;

    /// Errors: NotFound for an unknown name.
    [[nodiscard]] static Result<std::unique_ptr<DemoSimulator>> create(const QString &name, const DemoTexts &texts,
                                                                       const Options &options);
};

} // namespace turnstone
