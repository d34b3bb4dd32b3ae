// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

namespace turnstone {

/// Where long work is shown: what it does, how far it is, how to stop it. GUI thread only.
class Tasks
{
public:
    virtual ~Tasks() = default;

    /// `cancel` may be empty: then it cannot be stopped. Returns an id, to be given to end().
    virtual int begin(const QString &text, std::function<void()> cancel = {}) = 0;
    /// Of `total`; 0 or less: unknown.
    virtual void setProgress(int id, qint64 done, qint64 total) = 0;
    virtual void setText(int id, const QString &text) = 0;
    /// Nothing happens for an id that has ended.
    virtual void end(int id) = 0;
    /// A line for a few seconds.
    virtual void note(const QString &text) = 0;
};

} // namespace turnstone
