// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>
#include <vector>

class QTableView;

namespace turnstone {

class VectorValuesModel;

/// Numbers of a vector: pgvector's text, a JSON array of numbers, or little-endian float32. Nothing if it is none of them
/// or shorter than `least`. For any thread.
std::optional<std::vector<float>> vectorOf(const QByteArray &bytes, bool isBlob, int least = 2);

/// A vector as its dimensions, length and extremes, a line through its values, and the values as a list. GUI thread only.
class VectorView final : public QWidget
{
    Q_OBJECT

public:
    explicit VectorView(QWidget *parent = nullptr);

    void setVector(std::vector<float> values);
    /// "384 dimensions, norm 1.000, …"
    QString summary() const;
    /// The numbers of the marked rows, one a line.
    QString copiedText() const;

private:
    VectorValuesModel *m_model;
    QWidget *m_plot;
    QTableView *m_list;
};

} // namespace turnstone
