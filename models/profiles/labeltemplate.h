// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace turnstone {

/// One value of a row: a column, perhaps of a row that a key points to, perhaps a part of its JSON.
/// Written `status`, `observation.text`, `agent_id→agents.alias` (`->` will do; chains are allowed).
struct FieldRef
{
    /// From a key column of the table at hand to the row of `table` that it points to.
    struct Hop
    {
        QString column;
        QString table;
        friend bool operator==(const Hop &, const Hop &) = default;
    };
    std::vector<Hop> hops;
    QString column;
    /// Keys and positions inside the column's JSON.
    QStringList jsonPath;

    [[nodiscard]] static Result<FieldRef> parse(const QString &text);
    QString toString() const;
    friend bool operator==(const FieldRef &, const FieldRef &) = default;
};

/// A row's title: text with fields in braces, `{player_index} · {agent_id→agents.alias|agent_id} · {role:20}`.
/// `|` gives the next field when one is NULL or empty, `:20` cuts. Error::position of parse() is the
/// offset of the mistake.
class LabelTemplate
{
public:
    struct Part
    {
        QString literal; ///< if there are no alternatives
        std::vector<FieldRef> alternatives;
        int maximumLength = 0; ///< 0: whole

        friend bool operator==(const Part &, const Part &) = default;
    };

    LabelTemplate() = default;
    explicit LabelTemplate(std::vector<Part> parts) : m_parts(std::move(parts)) {}
    [[nodiscard]] static Result<LabelTemplate> parse(const QString &text);

    const std::vector<Part> &parts() const { return m_parts; }
    bool isEmpty() const { return m_parts.empty(); }
    QString toString() const;

    /// `values` holds the chosen value of each part with fields, in order. Separators around an
    /// empty value are dropped.
    QString render(const QStringList &values) const;

private:
    std::vector<Part> m_parts;
};

} // namespace turnstone
