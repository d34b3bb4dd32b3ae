// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <random>

namespace turnstone {

/// The same texts in every run: seeds that were cut, joined and sprinkled with `pieces`.
/// std::mt19937 is the same on every platform; the standard distributions are not.
class Mutations
{
public:
    Mutations(QList<QString> seeds, QList<QString> pieces, unsigned seed = 1)
        : m_seeds(std::move(seeds))
        , m_pieces(std::move(pieces))
        , m_random(seed)
    {}

    QString next()
    {
        QString text = m_seeds[below(m_seeds.size())];
        for (qsizetype changes = 1 + below(4); changes > 0; --changes) {
            const qsizetype at = below(text.size() + 1);
            switch (below(5)) {
            case 0:
            case 1: text.insert(at, m_pieces[below(m_pieces.size())]); break;
            case 2: text.remove(at, 1 + below(5)); break;
            case 3: text.truncate(at); break;
            case 4: {
                const QString &other = m_seeds[below(m_seeds.size())];
                text = text.left(at) + other.mid(below(other.size() + 1));
                break;
            }
            }
        }
        return text;
    }

private:
    qsizetype below(qsizetype limit) { return qsizetype(m_random() % std::mt19937::result_type(limit)); }

    const QList<QString> m_seeds;
    const QList<QString> m_pieces;
    std::mt19937 m_random;
};

} // namespace turnstone
