// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace turnstone {

/// A label of one line that ends in an ellipsis where the room ends.
class ElidedLabel final : public QLabel
{
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget *parent = nullptr);

    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace turnstone
