// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>
#include <vector>

namespace turnstone {

/// Numbers of a vector: pgvector's text, a JSON array of numbers, or little-endian float32. Nothing if it is none of them
/// or shorter than `least`. For any thread.
std::optional<std::vector<float>> vectorOf(const QByteArray &bytes, bool isBlob, int least = 2);

/// A vector as its dimensions, length and extremes, and a line through its values. GUI thread only.
class VectorView final : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

    void setVector(std::vector<float> values);
    /// "384 dimensions, norm 1.000, …"
    QString summary() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::vector<float> m_values;
};

} // namespace turnstone
